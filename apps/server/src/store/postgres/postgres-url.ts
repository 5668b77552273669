import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import { StoreError } from '../store-error.ts'

/** Where a PostgreSQL is, and how to get in. */
export interface PostgresTarget {
  readonly connection: Pick<ClientConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>
  /** Without the password. */
  readonly description: string
}

const DEFAULT_PORT = 5432
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof SSL_MODES)[number]
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host']
const EXPECTED = 'postgres://<user>:<password>@<host>:<port>/<database>'

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. Without `sslmode`, a connection that leaves the machine is
 * encrypted and the server's certificate checked. Throws `StoreError`, which never shows the password.
 */
export function parsePostgresUrl(text: string): PostgresTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) {
    throw wrong('cannot be read; characters such as @ : / ? # % in the user or password must be percent-encoded')
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw wrong(`has the parameter "${unknown}"; it knows ${PARAMETERS.join(', ')}`)
  const database = decoded(url.pathname.slice(1))
  const user = decoded(url.username)
  if (database === '' || user === '') throw wrong(`names no ${user === '' ? 'user' : 'database'}`)
  // A folder with a socket in it can only be given as a parameter: a URL's host holds no slash.
  const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[(.+)\]$/, '$1')
  if (host === '') throw wrong('names no host')
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  return {
    connection: {
      host,
      port,
      user,
      database,
      ssl: sslOptions(sslMode(url, host), url.searchParams),
      ...(url.password === '' ? {} : { password: decoded(url.password) }),
    },
    description: `postgres://${user}@${host}:${port}/${database}`,
  }
}

function sslMode(url: URL, host: string): SslMode {
  const given = url.searchParams.get('sslmode')
  if (given === null) return isLocal(host) ? 'disable' : 'verify-full'
  const known = SSL_MODES.find((mode) => mode === given)
  if (known !== undefined) return known
  const why = given === 'prefer' || given === 'allow' ? ', which would fall back to no encryption' : ''
  throw wrong(`has sslmode=${given}${why}; it knows ${SSL_MODES.join(', ')}`)
}

// As libpq has it: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
function sslOptions(mode: SslMode, parameters: URLSearchParams): ClientConfig['ssl'] {
  if (mode === 'disable') return false
  const file = (name: string) => {
    const path = parameters.get(name)
    return path === null ? undefined : readCertificate(name, path)
  }
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')]
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

function readCertificate(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw wrong(`names a file with ${name} that cannot be read: ${cause instanceof Error ? cause.message : cause}`)
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('has a percent sign that encodes nothing')
  }
}

function wrong(what: string): StoreError {
  return new StoreError({ message: `database.url ${what}. Expected ${EXPECTED}` })
}
