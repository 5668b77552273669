/** Of one tenant, or of anything when undefined. */
type CommitListener = (tenantId: string | undefined) => void

/** Tells the parts of this server that something was committed, by this server or by another one. */
export interface CommitSignals {
  /**
   * Calls `listener` soon after every commit: with the tenant's id where it is known, without one where anything may have
   * changed. A hint and no more: it may come twice, for nothing, or (from another server) not at all, so whoever
   * follows reads the database on it and now and then without it. `listener` must not throw. Returns the end of the subscription.
   */
  onCommitted(listener: CommitListener): () => void
  announce(tenantId?: string): void
}

export function createCommitSignals(): CommitSignals {
  const listeners = new Set<CommitListener>()
  return {
    onCommitted(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    announce(tenantId) {
      for (const listener of [...listeners]) listener(tenantId)
    },
  }
}
