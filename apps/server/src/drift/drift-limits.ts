/** The settings of `drift:` that the server works with. */
export interface DriftLimits {
  readonly intervalSeconds: number
  /** Looks that begin per second, of all servers together. */
  readonly maxPerSecond: number
  /** Looks at a time in one worker. */
  readonly concurrency: number
  /** Tenants that are healed at a time. */
  readonly healConcurrency: number
  /** Heals of one tenant within the window, after which it is left alone. */
  readonly healLimit: number
  readonly healWindowSeconds: number
}

/** How long it takes to look at everybody once: the interval, or longer where the budget is too small for that. */
export function roundSeconds({ intervalSeconds, maxPerSecond }: DriftLimits, fleet: number): number {
  return Math.max(intervalSeconds, Math.ceil(fleet / maxPerSecond))
}
