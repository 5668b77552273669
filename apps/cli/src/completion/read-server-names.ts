import type { CliContext } from '../cli-context.ts'
import { loadClientSettings } from '../client-settings.ts'

export interface ServerNames {
  readonly tenants: readonly string[]
  readonly providers: readonly string[]
}

/** A Tab that takes longer than this feels broken; without the server there are still commands and options. */
const TIMEOUT_MS = 800
const MOST_TENANTS = 500

/** What the server knows, or nothing when it does not answer in time. Never rejects. */
export async function readServerNames(words: readonly string[], context: CliContext): Promise<ServerNames> {
  try {
    const { createClient } = await import('@landlord/api-contract')
    const apiUrl = optionValue('--api-url', words)
    const token = optionValue('--token', words)
    const settings = await loadClientSettings(context, {
      ...(apiUrl === undefined ? {} : { apiUrl }),
      ...(token === undefined ? {} : { token }),
    })
    const client = createClient({
      baseUrl: settings.apiUrl,
      ...(settings.token === undefined ? {} : { token: settings.token }),
    })
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const [tenants, providers] = await Promise.all([
      client.listTenants({ query: { limit: MOST_TENANTS, sort: 'name', include_deleted: true }, signal }),
      client.listProviders({ signal }),
    ])
    return {
      tenants: tenants.body.tenants.map(({ name }) => name),
      providers: providers.body.providers.map(({ name }) => name),
    }
  } catch {
    return { tenants: [], providers: [] }
  }
}

function optionValue(option: string, words: readonly string[]): string | undefined {
  const joined = words.find((word) => word.startsWith(`${option}=`))
  if (joined !== undefined) return joined.slice(option.length + 1)
  const at = words.indexOf(option)
  return at === -1 ? undefined : words[at + 1]
}
