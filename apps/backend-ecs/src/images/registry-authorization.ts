import type { RegistryCredentials } from './registry-credentials.ts'

interface Challenge {
  /** The header `WWW-Authenticate`. */
  readonly challenge: string
  /** Absent: to log in only. */
  readonly repository?: string
  /** What a token is asked for in the repository. Default `pull`. */
  readonly actions?: 'pull' | 'pull,push'
  readonly credentials: RegistryCredentials | undefined
  readonly signal: AbortSignal
}

/** The header that answers a registry's challenge; undefined where there are no credentials that it would take. */
export async function authorize({
  challenge,
  repository,
  actions = 'pull',
  credentials,
  signal,
}: Challenge): Promise<string | undefined> {
  const basic = credentials === undefined ? undefined : `Basic ${encode(credentials)}`
  if (!/^bearer /i.test(challenge)) return basic
  const { realm, service } = parametersOf(challenge)
  if (realm === undefined) return undefined
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  if (repository !== undefined) url.searchParams.set('scope', `repository:${repository}:${actions}`)
  const response = await fetch(url, { headers: basic === undefined ? {} : { authorization: basic }, signal })
  if (!response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const { token, access_token: accessToken = token } = (await response.json()) as {
    token?: string
    access_token?: string
  }
  return accessToken === undefined ? undefined : `Bearer ${accessToken}`
}

const encode = ({ username, password }: RegistryCredentials): string =>
  Buffer.from(`${username}:${password}`).toString('base64')

const parametersOf = (challenge: string): Record<string, string | undefined> =>
  Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value]))
