import { badRequest } from '../errors/docker-error.ts'

/** What a client says who it is to a registry. */
export interface RegistryCredentials {
  readonly username: string
  readonly password: string
}

/**
 * The header `X-Registry-Auth`: base64url JSON, with or without padding. Undefined for `{}`, which is nobody. Throws 400,
 * never quoting the header.
 */
export function readRegistryAuth(header: string | undefined): RegistryCredentials | undefined {
  if (header === undefined || header === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
  } catch {
    throw badRequest('X-Registry-Auth is not base64url-encoded JSON')
  }
  return readCredentials(value)
}

/** Of a body such as `{"username":"…","password":"…"}` or `{"auth":"<base64 of user:password>"}`. */
export function readCredentials(value: unknown): RegistryCredentials | undefined {
  const { username, password, auth } = (value ?? {}) as Record<string, unknown>
  if (typeof username === 'string' && typeof password === 'string' && username !== '') return { username, password }
  if (typeof auth !== 'string' || auth === '') return undefined
  const [user = '', ...secret] = Buffer.from(auth, 'base64').toString('utf8').split(':')
  return user === '' ? undefined : { username: user, password: secret.join(':') }
}
