import type { Actor } from '../tenants/actor.ts'

/** What a handler knows about the request besides its parts. */
export interface RequestContext {
  readonly actor: Actor
  readonly requestId: string
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Aborted when the client goes away, and, with the problem as its reason, when the token behind it ends. */
  readonly signal: AbortSignal
  /** Whether it rather takes a stream than JSON. */
  readonly wantsStream: boolean
}
