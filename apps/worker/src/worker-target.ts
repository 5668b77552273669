import type { LandlordSettings } from '@landlord/settings'
import { isPublicKey } from './embedded/request-identity.ts'

/** What a worker cannot do without, checked. */
export interface WorkerTarget {
  readonly host: string
  readonly port: number
  readonly advertisedUrl: string | undefined
  readonly serverUrl: string
  readonly token: string
  readonly adminUrl: string
  readonly identityKeys: readonly string[]
}

/** The settings do not suffice for a worker. */
export class WorkerSettingsError extends Error {
  readonly code = 'invalid_worker_settings'
  /** Dotted keys. */
  readonly keys: readonly string[]

  constructor({ keys, message }: { keys: readonly string[]; message: string }) {
    super(message)
    this.name = 'WorkerSettingsError'
    this.keys = keys
  }
}

/** Throws `WorkerSettingsError` that names every missing key. */
export function workerTarget({ worker, workflow }: LandlordSettings): WorkerTarget {
  const { server_url: serverUrl, token } = worker
  const { admin_url: adminUrl, identity_keys: identityKeys } = workflow
  if (serverUrl === undefined || token === undefined || adminUrl === undefined) {
    const needed = { 'worker.server_url': serverUrl, 'worker.token': token, 'workflow.admin_url': adminUrl }
    const keys = Object.keys(needed).filter((key) => needed[key as keyof typeof needed] === undefined)
    throw new WorkerSettingsError({
      keys,
      message: `a worker needs ${keys.join(', ')}; set ${itOrThem(keys)} in the settings`,
    })
  }
  if (identityKeys.length === 0 && !isLoopback(worker.host)) {
    throw new WorkerSettingsError({
      keys: ['workflow.identity_keys', 'worker.host'],
      message: `without workflow.identity_keys a worker obeys everybody who reaches it, so it listens on loopback only and not on ${worker.host}; give the engine a request identity key and its public key here`,
    })
  }
  const wrong = identityKeys.find((key) => !isPublicKey(key))
  if (wrong !== undefined) {
    throw new WorkerSettingsError({
      keys: ['workflow.identity_keys'],
      message: `workflow.identity_keys: ${wrong} is no public key of a workflow engine; expected publickeyv1_ and 32 bytes in base58, as the engine logs it at its start`,
    })
  }
  if (isWildcard(worker.host) && worker.advertised_url === undefined) {
    throw new WorkerSettingsError({
      keys: ['worker.advertised_url', 'worker.host'],
      message: `a worker that listens on ${worker.host} must say where the workflow engine finds it; set worker.advertised_url`,
    })
  }
  const { host, port, advertised_url: advertisedUrl } = worker
  return { host, port, advertisedUrl: advertisedUrl?.replace(/\/+$/, ''), serverUrl, token, adminUrl, identityKeys }
}

function itOrThem(keys: readonly string[]): string {
  return keys.length === 1 ? 'it' : 'them'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
