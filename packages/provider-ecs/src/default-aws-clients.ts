import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { InvalidConfigError } from '@landlord/compute-core'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import type { AwsAccess, AwsCallTarget, AwsClientConstructor, AwsClientFactory } from './aws-client-factory.ts'

export interface DefaultAwsClientsOptions {
  /** Default: the SDK's default chain (environment, shared files, web identity, container, instance). */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider
  readonly limits?: Readonly<Partial<Record<AwsAccess, Partial<ClientLimits>>>>
}

export interface ClientLimits {
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number
  readonly connectTimeoutMs: number
  /** From sending to the first byte of the answer, per attempt. */
  readonly requestTimeoutMs: number
  /** Connections per host. */
  readonly maxSockets: number
}

/** Few attempts: throttled calls are repeated by the caller at the account's pace, and lost writes are looked up. */
const LIMITS: Readonly<Record<AwsAccess, ClientLimits>> = {
  read: { maxAttempts: 3, connectTimeoutMs: 3000, requestTimeoutMs: 15_000, maxSockets: 50 },
  write: { maxAttempts: 3, connectTimeoutMs: 3000, requestTimeoutMs: 30_000, maxSockets: 50 },
}

/**
 * Clients for those who use this package by itself. They are kept: retry budget, rate measurement and credentials live in a
 * client. Roles are refused here, since a control plane's own credentials package knows how to assume them.
 */
export function createDefaultAwsClients(
  options: DefaultAwsClientsOptions = {},
): Required<AwsClientFactory> & { readonly close: () => void } {
  const handlers = {
    read: createHandler({ ...LIMITS.read, ...options.limits?.read }),
    write: createHandler({ ...LIMITS.write, ...options.limits?.write }),
  }
  const clients = new Map<unknown, Map<string, object>>()

  function toConfiguration(access: AwsAccess, { region, endpoint }: AwsCallTarget) {
    return {
      region,
      requestHandler: handlers[access],
      // Slows down by itself where others use up the account's rates too; reads and writes are measured apart.
      retryMode: 'adaptive',
      maxAttempts: options.limits?.[access]?.maxAttempts ?? LIMITS[access].maxAttempts,
      // The SDK renews expiring credentials of its chain, and asks a given function again, before each call.
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      ...(endpoint === undefined ? {} : { endpoint: endpoint.url }),
    }
  }

  return {
    get<Client extends object>(Client: AwsClientConstructor<Client>, access: AwsAccess, target: AwsCallTarget): Client {
      refuseRole(target)
      const ofConstructor = clients.get(Client) ?? new Map<string, object>()
      const key = JSON.stringify([access, target.region, target.endpoint?.url])
      const known = ofConstructor.get(key)
      if (known instanceof Client) return known
      const client = new Client(toConfiguration(access, target))
      clients.set(Client, ofConstructor.set(key, client))
      return client
    },
    // Credentials are kept by each client, and all have the same source.
    forget: () => clients.clear(),
    close() {
      clients.clear()
      for (const handler of Object.values(handlers)) handler.destroy()
    },
  }
}

function refuseRole({ role }: AwsCallTarget): void {
  if (role === undefined) return
  const message =
    'needs credentials that can assume a role, and the ECS provider was created without; create it with `clients` (for ' +
    'example createAwsClients of @landlord/aws-config), or remove assume_role'
  const issue = { path: '/assume_role', keyword: 'rule', message }
  throw new InvalidConfigError({ subject: 'ECS configuration', issues: [issue] })
}

/** `requestTimeout` alone only logs a warning in this SDK; `throwOnRequestTimeout` makes it an error. */
function createHandler({ connectTimeoutMs, requestTimeoutMs, maxSockets }: ClientLimits): NodeHttpHandler {
  return new NodeHttpHandler({
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
  })
}
