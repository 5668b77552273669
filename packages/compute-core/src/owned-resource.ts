import type { JsonObject } from './json.ts'
import type { ResourceIds } from './tenant-ref.ts'

/**
 * Something at the target that carries this installation's marks. `tenantId`, `resourceIds` and `providerConfig` suffice for `destroy` to
 * remove it, also when the control plane knows nothing of the tenant any more.
 */
export interface OwnedResource {
  /** As the mark says; empty for what serves several tenants, e.g. a shared network. */
  readonly tenantId: string
  /** The target's kind, e.g. `container`, `network`, `service`. */
  readonly kind: string
  readonly id: string
  readonly name: string
  /** ISO 8601 in UTC, where the target tells. */
  readonly createdAt?: string
  /** The handle for `destroy`. Absent where the tenant's id is enough. */
  readonly resourceIds?: ResourceIds
  /** What of the configuration `destroy` needs, over the installation's defaults; no secrets. Absent where the tenant's id is enough. */
  readonly providerConfig?: JsonObject
}
