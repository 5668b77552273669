import type { Adoption, AdoptionPlan } from './adoption.ts'
import type { ComputePlan } from './compute-plan.ts'
import type { ComputeStatus } from './compute-status.ts'
import type { JsonObject, JsonSchema } from './json.ts'
import type { LogLine, ReadLogsOptions } from './log-line.ts'
import type { OperationOptions, ReadOptions } from './operation-options.ts'
import type { DestroyResult, ProvisionResult, UpdateResult } from './operation-result.ts'
import type { OwnedResource } from './owned-resource.ts'
import type { ProviderCapabilities } from './provider-capabilities.ts'
import type { TenantComputeSpec } from './tenant-compute-spec.ts'
import type { TenantRef } from './tenant-ref.ts'

/**
 * Turns one tenant's specification into running compute and tells the truth about it.
 *
 * A provider holds no state of its own: the arguments always suffice to find a tenant's resources, so another replica,
 * or the same one after a restart, updates, reads and destroys exactly as well as the one that provisioned.
 *
 * Every method that does I/O checks `options.signal` first, passes it down, and rejects with a `CancelledError` within a
 * second of its abort. Every rejection is a `ComputeError`.
 */
export interface ComputeProvider {
  readonly specificationVersion: 'v1'
  /** The name that tenants select it by, e.g. `docker`. Lower case, digits and dashes. */
  readonly name: string
  /** Declared constants, never sniffed from the methods that happen to exist. */
  readonly capabilities: ProviderCapabilities
  /** Draft 2020-12, served to clients. Unknown keys are refused. */
  readonly configSchema: JsonSchema
  /** The installation's defaults, merged under a tenant's `compute_config` when the tenant is accepted. */
  readonly configDefaults?: JsonObject

  /** Throws `InvalidConfigError` with every issue at once. No I/O. */
  validateConfig(config: unknown): void
  /** Checks the whole spec, cross-field rules included. No I/O. Throws `InvalidConfigError`, `InvalidSpecError` or `UnsupportedSpecificationError`. */
  validate(spec: TenantComputeSpec): void
  /** Creates the tenant's resources, or ensures them: a second call finds what the first one made. Never waits for them to run. */
  provision(spec: TenantComputeSpec, options: OperationOptions): Promise<ProvisionResult>
  /** Moves the tenant's resources to `spec`. A failed update leaves the running instance serving. Throws `TenantNotFoundError` when there is nothing to update. */
  update(tenant: TenantRef, spec: TenantComputeSpec, options: OperationOptions): Promise<UpdateResult>
  /** Removes what carries this tenant's marks, and only that. A tenant without resources is `destroyed`. */
  destroy(tenant: TenantRef, options: OperationOptions): Promise<DestroyResult>
  /**
   * Reads the live state. Throws `TenantNotFoundError` when nothing exists; not being able to tell is an error too, never
   * "not found". A provider that replaces one instance by another may finish or undo a replacement that is under way here.
   */
  getStatus(tenant: TenantRef, options: ReadOptions): Promise<ComputeStatus>

  /** Read-only diff of `spec` against the live state. Present exactly when `capabilities.plan` is true. */
  plan?(tenant: TenantRef, spec: TenantComputeSpec, options: ReadOptions): Promise<ComputePlan>
  /** Every resource that carries this installation's marks. Present exactly when `capabilities.listOwned` is true. */
  listOwned?(options: ReadOptions): AsyncIterable<OwnedResource>
  /**
   * What adopting something that runs would come to. Present exactly when `capabilities.adopt` is true. Throws `ConflictError` for
   * what carries the marks of another tenant or installation, and `InvalidConfigError` for what is not there or cannot be adopted.
   */
  planAdoption?(adoption: Adoption, options: ReadOptions): Promise<AdoptionPlan>
  /**
   * Marks what runs as the tenant's without touching it: nothing restarts, whatever `spec` says. `in_progress`: call again. After
   * `success`, `update` moves it to `spec`. A second call finds its own marks. Throws as `planAdoption` does. Present exactly when
   * `capabilities.adopt` is true.
   */
  adopt?(spec: TenantComputeSpec, resource: string, options: OperationOptions): Promise<ProvisionResult>
  /** The tenant's output, oldest first. Present exactly when `capabilities.logs` is true. */
  readLogs?(tenant: TenantRef, options: ReadLogsOptions): AsyncIterable<LogLine>
  /** Releases sockets and timers. Owned resources stay. */
  close?(): Promise<void>
}
