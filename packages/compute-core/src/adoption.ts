import type { ConfigChange } from './config-change.ts'
import type { JsonObject } from './json.ts'

/** Something that runs at the target, made by somebody else, and the tenant that it is to become. */
export interface Adoption {
  readonly tenantId: string
  /** In the provider's terms, e.g. the ARN of a service, or the name of a container. */
  readonly resource: string
  /** What of the configuration is to be other than what runs, as a merge patch; empty takes it as it is. */
  readonly providerConfig: JsonObject
}

/** What adopting would come to; making it changes nothing. */
export interface AdoptionPlan {
  readonly resource: { readonly kind: string; readonly id: string; readonly name: string }
  /** The whole configuration that the tenant gets: what runs, with what was asked for over it. Valid. */
  readonly config: JsonObject
  /** For a person: what is written, in order, e.g. `tag service shop with the ownership marks`. None of it touches what runs. */
  readonly steps: readonly string[]
  /** What an update to `config` will change afterwards; empty when it is as it runs. */
  readonly changes: readonly ConfigChange[]
  /** What Landlord does not know how to describe, and a later replacement would lose. */
  readonly warnings: readonly string[]
  /** Another one whenever the resource has changed so that this plan may be wrong. No secrets. */
  readonly fingerprint: string
}
