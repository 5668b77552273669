import type { LandlordClient } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { CLI_VERSION } from './cli-version.ts'
import { loadClientSettings } from './client-settings.ts'
import type { GlobalOptions, OutputFormat } from './global-options.ts'
import type { Terminal } from './terminal.ts'

/** What a client command works with. */
export interface Session {
  readonly context: CliContext
  readonly terminal: Terminal
  readonly client: LandlordClient
  readonly apiUrl: string
  readonly output: OutputFormat
}

/** Nothing is sent yet. */
export async function openSession(context: CliContext, command: Command): Promise<Session> {
  const globals = command.optsWithGlobals<GlobalOptions>()
  const [settings, { createClient }] = await Promise.all([
    loadClientSettings(context, globals),
    import('@landlord/api-contract'),
  ])
  const { apiUrl, token } = settings
  const client = createClient({
    baseUrl: apiUrl,
    userAgent: `landlord-cli/${CLI_VERSION}`,
    ...(token === undefined ? {} : { token }),
  })
  return { context, terminal: context.terminal, client, apiUrl, output: globals.output }
}
