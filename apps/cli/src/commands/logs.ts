import type { LogLine } from '@landlord/api-contract'
import { type Command, InvalidArgumentError } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { followStream } from '../follow-stream.ts'
import { parseDuration } from '../input/parse-duration.ts'
import { addTenantFlags, oneTenant, parseCount, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult } from '../render/print-result.ts'
import { safeText } from '../render/safe-text.ts'
import { openSession, type Session } from '../session.ts'

interface LogsOptions extends TenantFlags {
  readonly follow?: boolean
  readonly tail?: number
  readonly since?: number | string
}

export function addLogsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('logs')
    .summary("a tenant's output")
    .description("Show a tenant's output, oldest first, as its provider keeps it.")
    .argument('[tenant]', 'name or id')
  addTenantFlags(command)
    .option('--tail <count>', 'the last so many lines (default 100; with --since, all)', parseCount)
    .option('--since <when>', 'only what is not older: 10m, 2h, or a time such as 2026-11-26T12:00:00Z', parseSince)
    .option('-f, --follow', 'go on with what comes')
    .action(async (argument: string | undefined, options: LogsOptions, self: Command) => {
      const session = await openSession(context, self)
      const params = { tenant: oneTenant(argument, options) }
      const query = queryOf(options, context.now())
      if (options.follow === true) return follow(session, { params, query })
      const { body } = await session.client.getTenantLogs({ params, query })
      const text = () => body.lines.map((line) => safeText(line.text)).join('\n')
      await printResult({ data: body, names: [], text }, session.output, session.terminal)
      if (body.truncated === true)
        session.terminal.note('there is more; ask for less with --tail, or for later with --since')
    })
}

/** Until Ctrl-C, or until the output ends. With `-o json`, one line of it per line. */
async function follow(session: Session, input: Asked): Promise<void> {
  const { output, terminal, streams } = session
  let hasEnded = false
  await followStream<LogLine>(session, {
    show: (line) => terminal.print(output === 'table' ? safeText(line.text) : JSON.stringify(line)),
    isOver: () => hasEnded,
    open: (stream) =>
      streams.getTenantLogs({
        ...stream,
        ...input,
        query: { ...input.query, follow: true },
        onEnd: () => {
          hasEnded = true
        },
      }),
  })
}

interface Asked {
  readonly params: { readonly tenant: string }
  readonly query: { readonly tail?: number; readonly since?: string }
}

function queryOf({ tail, since }: LogsOptions, now: number): Asked['query'] {
  const from = typeof since === 'number' ? new Date(now - since).toISOString() : since
  return { ...(tail === undefined ? {} : { tail }), ...(from === undefined ? {} : { since: from }) }
}

function parseSince(text: string): number | string {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text)
    if (Number.isNaN(time)) throw new InvalidArgumentError('expected a time such as 2026-11-26T12:00:00Z')
    return new Date(time).toISOString()
  }
  return parseDuration(text)
}
