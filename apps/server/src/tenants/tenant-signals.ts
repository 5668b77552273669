/** Tells who waits for a tenant that it has changed. A hint: a slow re-read finds what nobody told of. */
export interface TenantSignals {
  notify(tenantId: string): void
  /** Returns a function that ends the subscription. */
  subscribe(tenantId: string, listener: () => void): () => void
  /** How many listeners there are, on all tenants. */
  readonly size: number
}

export function createTenantSignals(): TenantSignals {
  const listeners = new Map<string, Set<() => void>>()
  return {
    notify(tenantId) {
      for (const listener of [...(listeners.get(tenantId) ?? [])]) listener()
    },
    subscribe(tenantId, listener) {
      const set = listeners.get(tenantId) ?? new Set()
      listeners.set(tenantId, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && listeners.get(tenantId) === set) listeners.delete(tenantId)
      }
    },
    get size() {
      return [...listeners.values()].reduce((sum, set) => sum + set.size, 0)
    },
  }
}
