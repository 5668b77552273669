import type { Scope } from '@landlord/api-contract'
import type { LabelCondition } from './parse-label-selector.ts'

/** Who asks, and which tenants are there for them. */
export interface Principal {
  /** For the audit trail: `token:<name>`, `oidc:<subject>`, `anonymous`, `worker`. */
  readonly principal: string
  /** Of the API token that was shown: another one may get its name once it is revoked. */
  readonly tokenId?: string
  /** Absent: nobody known, who gets only what is open to everybody. */
  readonly scope?: Scope
  /** To them no tenant exists but those whose labels fit; without conditions, every one. */
  readonly selector: readonly LabelCondition[]
  /** When their token ends; absent for never. */
  readonly expiresAt?: string
}

/** A principal in one request. */
export interface Actor extends Principal {
  readonly requestId?: string
  /** Where the request came from. */
  readonly address?: string
  /** W3C `traceparent` of the request: what it starts belongs to the same trace. */
  readonly traceParent?: string
}

/** Whoever reaches a server without access control. */
export const ANONYMOUS: Principal = { principal: 'anonymous', scope: 'admin', selector: [] }

/** Whoever shows no token to a server that asks for one. */
export const STRANGER: Principal = { principal: 'anonymous', selector: [] }

/** What the control plane does on its own. */
export const WORKER_ACTOR: Actor = { principal: 'worker', scope: 'admin', selector: [] }

/** What happens because a tenant's time has come. */
export const EXPIRY_ACTOR: Actor = { principal: 'expiry', scope: 'admin', selector: [] }

/** What the control plane does about drift. */
export const DRIFT_ACTOR: Actor = { principal: 'drift', scope: 'admin', selector: [] }
