import type { Health, Readiness } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { CLI_VERSION } from '../cli-version.ts'
import { colorStatus } from '../render/color-status.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

/** A version must come at once, also when a firewall swallows the question about the server's. */
const SERVER_TIMEOUT_MS = 1500

interface ServerView {
  readonly health: Health
  readonly readiness: Readiness | undefined
}

export function addVersionCommand(program: Command, context: CliContext): void {
  program
    .command('version')
    .summary('versions of this program and of the server')
    .description('Show the version of this program and, when it answers, of the server with what it depends on.')
    .action(async (_options: unknown, self: Command) => {
      const session = await openSession(context, self)
      const { apiUrl, terminal, output } = session
      const server = await lookAtServer(session).catch(() => undefined)
      const { colors } = terminal
      const checks = Object.entries(server?.readiness?.checks ?? {})
      const text = () =>
        [
          `landlord  ${CLI_VERSION}`,
          server === undefined
            ? `server    ${colors.dim(`no answer from ${apiUrl}; start one with: landlord dev`)}`
            : `server    ${server.health.version} at ${apiUrl}`,
          ...checks.map(([name, { status, message }]) =>
            ['         ', name, colorStatus(status, colors), message ?? ''].join(' ').trimEnd(),
          ),
        ].join('\n')
      const data = {
        cli: CLI_VERSION,
        api_url: apiUrl,
        server: server === undefined ? null : { version: server.health.version, readiness: server.readiness },
      }
      await printResult({ data, names: [CLI_VERSION], text }, output, terminal)
    })
}

async function lookAtServer({ client }: Session): Promise<ServerView> {
  const signal = AbortSignal.timeout(SERVER_TIMEOUT_MS)
  const [health, readiness] = await Promise.all([
    client.getHealth({ signal }),
    client.getReadiness({ signal }).catch(() => undefined),
  ])
  return { health: health.body, readiness: readiness?.body }
}
