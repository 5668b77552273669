/** Who asked for a change, for the audit trail. */
export interface Actor {
  readonly principal: string
  readonly requestId?: string
}

/** What the control plane does on its own. */
export const WORKER_ACTOR: Actor = { principal: 'worker' }
