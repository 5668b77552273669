import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { LRUCache } from 'lru-cache'
import { checkAssumeRole } from './assume-role.ts'
import { assumedRoleLoader } from './assumed-role-credentials.ts'
import type { AwsIdentity } from './aws-client-config.ts'
import type { AwsLogger } from './aws-logger.ts'
import { baseCredentialsLoader } from './base-credentials.ts'
import { keepCredentialsFresh } from './keep-credentials-fresh.ts'
import { identityKey } from './target-keys.ts'

export interface CredentialSourceOptions {
  readonly profile?: string
  readonly credentials?: AwsCredentialIdentityProvider
  readonly stsEndpoint?: string
  readonly maxIdentities: number
  readonly maxAttempts: number
  readonly requestHandler: NodeHttpHandler
  readonly logger: AwsLogger
  readonly now: () => number
}

export interface CredentialSource {
  get(identity: AwsIdentity): AwsCredentialIdentityProvider
  forget(identity: AwsIdentity): void
}

/** One provider per identity; roles are assumed with the base credentials of the same region. */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  const { requestHandler, logger, now, profile, credentials, stsEndpoint, maxAttempts } = options
  const providers = new LRUCache<string, AwsCredentialIdentityProvider>({ max: options.maxIdentities })

  function get(identity: AwsIdentity): AwsCredentialIdentityProvider {
    const key = identityKey(identity)
    const known = providers.get(key)
    if (known !== undefined) return known
    const provider = identity.role === undefined ? base(identity.region) : assumed(identity.region, identity.role)
    providers.set(key, provider)
    return provider
  }

  function base(region: string): AwsCredentialIdentityProvider {
    const named = profile === undefined ? {} : { profile }
    const load = credentials ?? baseCredentialsLoader({ ...named, region, requestHandler, logger })
    return keepCredentialsFresh({ load: () => load(), now, logger })
  }

  function assumed(region: string, role: NonNullable<AwsIdentity['role']>): AwsCredentialIdentityProvider {
    checkAssumeRole(role, region)
    const endpoint = stsEndpoint === undefined ? {} : { stsEndpoint }
    const options = { role, base: get({ region }), region, maxAttempts, requestHandler, logger, ...endpoint }
    return keepCredentialsFresh({ load: assumedRoleLoader(options), now, logger })
  }

  return {
    get,
    forget(identity) {
      providers.delete(identityKey(identity))
      // What was refused may as well be the base credentials that the role is assumed with.
      providers.delete(identityKey({ region: identity.region }))
    },
  }
}
