import type { JsonObject } from './json.ts'

/** All that a provider needs to find a tenant's resources again. */
export interface TenantRef {
  readonly tenantId: string
  /** The last accepted configuration. */
  readonly providerConfig: JsonObject
  /** The handle that the last operation returned; empty when none ever returned. */
  readonly resourceIds: ResourceIds
}

/** Names and ids of resources at the target, by role, e.g. `{ container_id: "3f…" }`. Plain JSON, saved by the control plane. */
export type ResourceIds = Readonly<Record<string, string>>
