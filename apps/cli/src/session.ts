import type { LandlordClient, LandlordStreams } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { CLI_VERSION } from './cli-version.ts'
import { loadClientSettings } from './client-settings.ts'
import type { GlobalOptions, OutputFormat } from './global-options.ts'
import type { Terminal } from './terminal.ts'

/** Longer than a server and its provider need for their slowest answer. */
const ANSWER_LIMIT_MS = 30_000

/** What a client command works with. */
export interface Session {
  readonly context: CliContext
  readonly terminal: Terminal
  /** Rejects with `ConnectionError` what is not answered within 30 s. */
  readonly client: LandlordClient
  /** What goes on until it is interrupted. */
  readonly streams: LandlordStreams
  readonly apiUrl: string
  readonly output: OutputFormat
}

/** Nothing is sent yet. */
export async function openSession(context: CliContext, command: Command): Promise<Session> {
  const globals = command.optsWithGlobals<GlobalOptions>()
  const [settings, { createClient, createStreams }, { limitClient }] = await Promise.all([
    loadClientSettings(context, globals),
    import('@landlord/api-contract'),
    import('./answer-within.ts'),
  ])
  const { apiUrl, token } = settings
  const options = {
    baseUrl: apiUrl,
    userAgent: `landlord-cli/${CLI_VERSION}`,
    ...(token === undefined ? {} : { token }),
  }
  const client = createClient(options)
  const limited = limitClient(client, { apiUrl, limitMs: ANSWER_LIMIT_MS })
  return {
    context,
    terminal: context.terminal,
    client: limited,
    streams: createStreams(options),
    apiUrl,
    output: globals.output,
  }
}
