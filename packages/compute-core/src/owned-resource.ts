/** Something at the target that carries this installation's marks. */
export interface OwnedResource {
  /** As the mark says; empty for what serves several tenants, e.g. a shared network. */
  readonly tenantId: string
  /** The target's kind, e.g. `container`, `network`, `service`. */
  readonly kind: string
  readonly id: string
  readonly name: string
  /** ISO 8601 in UTC, where the target tells. */
  readonly createdAt?: string
}
