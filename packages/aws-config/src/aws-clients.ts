import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { LRUCache } from 'lru-cache'
import type { AwsCall } from './aws-call.ts'
import type { AwsClientConfig, AwsClientConstructor, AwsIdentity, AwsTarget } from './aws-client-config.ts'
import { AwsConfigError } from './aws-config-error.ts'
import { type AwsLogger, SILENT_LOGGER } from './aws-logger.ts'
import { checkRegion } from './aws-partitions.ts'
import { type AwsAccess, type ClientLimits, createSocketPool, DEFAULT_LIMITS } from './client-limits.ts'
import { createCredentialSource } from './credential-source.ts'
import { resolveEndpoint } from './resolve-endpoint.ts'
import { identityKey, targetKey } from './target-keys.ts'
import { toSdkLogger } from './to-sdk-logger.ts'

export interface AwsClientsSettings {
  /** A profile of the shared files, asked alone. Absent: the SDK's default chain. */
  readonly profile?: string
  /** In place of profile and chain. */
  readonly credentials?: AwsCredentialIdentityProvider
  /** Default: `AWS_ENDPOINT_URL_STS`, then AWS's own of the target's region. */
  readonly stsEndpoint?: string
  /** Over `DEFAULT_LIMITS`, per access. */
  readonly limits?: Readonly<Partial<Record<AwsAccess | 'sts', Partial<ClientLimits>>>>
  /** Told of every call that ended, with its request id. */
  readonly observe?: (call: AwsCall) => void
  readonly logger?: AwsLogger
  /** Targets kept ready, the least recently used going first; default 2,000. */
  readonly maxTargets?: number
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number
}

export interface AwsClients {
  /**
   * The client of this constructor, access and target: the same object for equal targets. Ask anew for each operation,
   * and never destroy it. Throws AwsConfigError for a target that cannot work, before any call.
   */
  get<Client extends object>(Client: AwsClientConstructor<Client>, access: AwsAccess, target: AwsTarget): Client
  /** One set of credentials for all that share the identity, renewed in time; for a client that is built elsewhere. */
  credentials(identity: AwsIdentity): AwsCredentialIdentityProvider
  /** Drops clients and credentials of an identity, those its role is assumed with too: the next call gets new ones. */
  forget(identity: AwsIdentity): void
  /** Ends all connections, calls in flight included. Twice is once. */
  close(): void
}

const DEFAULT_MAX_TARGETS = 2000

/** Long-lived clients: the SDK's retry budget, its rate limiter and its credential cache all live in a client. */
export function createAwsClients(settings: AwsClientsSettings = {}): AwsClients {
  const { logger = SILENT_LOGGER, observe, maxTargets = DEFAULT_MAX_TARGETS, stsEndpoint } = settings
  if (stsEndpoint !== undefined) resolveEndpoint('STS', { url: stsEndpoint }, {})
  const limits = mergeLimits(settings.limits ?? {})
  const pools = {
    read: createSocketPool(limits.read),
    write: createSocketPool(limits.write),
    sts: createSocketPool(limits.sts),
  }
  const source = createCredentialSource({
    ...settings,
    logger,
    now: settings.now ?? Date.now,
    maxIdentities: maxTargets,
    maxAttempts: limits.sts.maxAttempts,
    requestHandler: pools.sts.createHandler(),
  })
  const sdkLogger = toSdkLogger({ logger, ...(observe === undefined ? {} : { observe }) })
  /** By target, then by constructor, then by access. */
  const targets = new LRUCache<string, { identity: string; clients: Map<unknown, Map<AwsAccess, object>> }>({
    max: maxTargets,
  })
  let isClosed = false

  function assertOpen(): void {
    if (isClosed) {
      throw new AwsConfigError({ code: 'closed', message: 'These AWS clients are closed. Create new ones.' })
    }
  }

  function toConfig(access: AwsAccess, target: AwsTarget): AwsClientConfig {
    const { url, fips, dualStack } = target.endpoint ?? {}
    return {
      region: target.region,
      credentials: source.get(target),
      requestHandler: pools[access].createHandler(),
      retryMode: 'adaptive',
      maxAttempts: limits[access].maxAttempts,
      logger: sdkLogger,
      ...(url === undefined ? {} : { endpoint: url }),
      ...(fips === undefined ? {} : { useFipsEndpoint: fips }),
      ...(dualStack === undefined ? {} : { useDualstackEndpoint: dualStack }),
    }
  }

  function clientsOf(target: AwsTarget): Map<unknown, Map<AwsAccess, object>> {
    const key = targetKey(target)
    const known = targets.get(key)
    if (known !== undefined) return known.clients
    checkRegion(target.region, 'the target')
    // Only what the settings say: the SDK reads the environment, and a profile, for each service by itself.
    resolveEndpoint('', target.endpoint, {})
    const clients = new Map<unknown, Map<AwsAccess, object>>()
    targets.set(key, { identity: identityKey(target), clients })
    return clients
  }

  return {
    get<Client extends object>(Client: AwsClientConstructor<Client>, access: AwsAccess, target: AwsTarget): Client {
      assertOpen()
      const clients = clientsOf(target)
      const byAccess = clients.get(Client) ?? new Map<AwsAccess, object>()
      const known = byAccess.get(access)
      if (known instanceof Client) return known
      const client = new Client(toConfig(access, target))
      clients.set(Client, byAccess.set(access, client))
      return client
    },
    credentials(identity) {
      assertOpen()
      checkRegion(identity.region, 'the target')
      return source.get(identity)
    },
    forget(identity) {
      const key = identityKey(identity)
      source.forget(identity)
      for (const [name, entry] of [...targets.entries()]) if (entry.identity === key) targets.delete(name)
    },
    close() {
      isClosed = true
      targets.clear()
      for (const pool of Object.values(pools)) pool.close()
    },
  }
}

function mergeLimits(given: NonNullable<AwsClientsSettings['limits']>): Record<AwsAccess | 'sts', ClientLimits> {
  return {
    read: { ...DEFAULT_LIMITS.read, ...given.read },
    write: { ...DEFAULT_LIMITS.write, ...given.write },
    sts: { ...DEFAULT_LIMITS.sts, ...given.sts },
  }
}
