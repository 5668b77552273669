import { isIP } from 'node:net'
import type { LandlordSettings } from '@landlord/settings'

/** What a server cannot do without, checked. */
export interface ServerTarget {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly ingressUrl: string
  /** Without it nobody can tell whether a worker is registered. */
  readonly adminUrl?: string
  readonly workerToken: string
}

/** The settings do not suffice for a server. */
export class ServerSettingsError extends Error {
  readonly code = 'invalid_server_settings'
  /** Dotted keys. */
  readonly keys: readonly string[]

  constructor({ keys, message }: { keys: readonly string[]; message: string }) {
    super(message)
    this.name = 'ServerSettingsError'
    this.keys = keys
  }
}

type Sections = Pick<LandlordSettings, 'server' | 'database' | 'workflow' | 'worker'>

/** Throws `ServerSettingsError` that names every missing key, or an address that others can reach. */
export function serverTarget({ server, database, workflow, worker }: Sections): ServerTarget {
  const { url: databaseUrl } = database
  const { ingress_url: ingressUrl, admin_url: adminUrl } = workflow
  const { token: workerToken } = worker
  if (databaseUrl === undefined || ingressUrl === undefined || workerToken === undefined) {
    const needed = { 'database.url': databaseUrl, 'workflow.ingress_url': ingressUrl, 'worker.token': workerToken }
    const keys = Object.entries(needed).flatMap(([key, value]) => (value === undefined ? [key] : []))
    const object = keys.length === 1 ? 'it' : 'them'
    throw new ServerSettingsError({
      keys,
      message: `a server needs ${keys.join(', ')}; set ${object} in the settings file or with LANDLORD_… variables`,
    })
  }
  assertLoopback(server.host)
  const { host, port } = server
  return { host, port, databaseUrl, ingressUrl, workerToken, ...(adminUrl === undefined ? {} : { adminUrl }) }
}

// Without access control, whoever reaches the server owns every tenant.
function assertLoopback(host: string): void {
  if (host === 'localhost' || host === '::1') return
  if (isIP(host) === 4 && host.startsWith('127.')) return
  throw new ServerSettingsError({
    keys: ['server.host'],
    message: `server.host is ${JSON.stringify(host)}, but without access control the server listens on loopback only: use 127.0.0.1, ::1 or localhost, and put an authenticating proxy in front of it for access from elsewhere`,
  })
}
