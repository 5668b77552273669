import type { TenantDeps } from '../tenants/tenant-deps.ts'

/** What taking in an observation needs; nothing in it does I/O. */
export interface DriftDeps extends TenantDeps {
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number
}
