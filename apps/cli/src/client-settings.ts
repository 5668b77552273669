import type { LandlordSettings } from '@landlord/settings'
import type { CliContext } from './cli-context.ts'
import type { GlobalOptions } from './global-options.ts'

export interface ClientSettings {
  readonly apiUrl: string
  readonly token?: string
}

interface LoadedClientSettings {
  readonly cli: LandlordSettings['cli']
}

/** Flags over `LANDLORD_CLI_…` or `LANDLORD_…` over the settings file over the default. Throws `SettingsError`. */
export async function loadClientSettings(
  context: Pick<CliContext, 'env' | 'cwd' | 'homeDirectory'>,
  globals: Pick<GlobalOptions, 'apiUrl' | 'token'>,
): Promise<ClientSettings> {
  const { landlordSettingsSchema, loadSettings } = await import('@landlord/settings')
  const { env, cwd, homeDirectory } = context
  const { values } = loadSettings<LoadedClientSettings>({
    // Other sections are let be: a mistake in the server's must not keep anybody from looking at their tenants.
    schema: { type: 'object', additionalProperties: true, properties: { cli: landlordSettingsSchema.properties.cli } },
    env,
    cwd,
    homeDirectory,
    flags: { 'cli.api_url': withScheme(globals.apiUrl), 'cli.token': globals.token },
    flagNames: { 'cli.api_url': '--api-url', 'cli.token': '--token' },
  })
  const { api_url: apiUrl, token } = values.cli
  return { apiUrl: apiUrl.replace(/\/+$/, ''), ...(token === undefined ? {} : { token }) }
}

// `--api-url localhost:9000` can only mean one thing.
function withScheme(url: string | undefined): string | undefined {
  return url !== undefined && /^[\w.-]+(:\d+)?$/.test(url) ? `http://${url}` : url
}
