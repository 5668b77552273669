import type { LandlordSettings } from '@landlord/settings'
import { checkExposure } from './access/check-exposure.ts'
import { ServerSettingsError } from './server-settings-error.ts'

/** What a server cannot do without, checked. */
export interface ServerTarget {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly ingressUrl: string
  /** Without it nobody can tell whether a worker is registered. */
  readonly adminUrl?: string
  /** Any of them is a worker's. */
  readonly workerTokens: readonly string[]
}

type Sections = Pick<LandlordSettings, 'server' | 'access' | 'database' | 'workflow' | 'worker'>

/** Throws `ServerSettingsError` that names every missing key, or what would leave the server open to others. */
export function serverTarget({ server, access, database, workflow, worker }: Sections): ServerTarget {
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
  checkExposure({ server, access })
  const { host, port } = server
  const workerTokens = [workerToken, ...worker.accepted_tokens]
  return { host, port, databaseUrl, ingressUrl, workerTokens, ...(adminUrl === undefined ? {} : { adminUrl }) }
}
