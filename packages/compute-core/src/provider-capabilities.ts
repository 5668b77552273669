/** What a provider can do, declared as constants. A feature that is absent here fails before any I/O. */
export interface ProviderCapabilities {
  /** `plan` exists. */
  readonly plan: boolean
  /** `listOwned` exists. */
  readonly listOwned: boolean
  /** `readLogs` exists. */
  readonly logs: boolean
  /** Compute can be stopped with its size remembered, and started again. */
  readonly suspend: boolean
  /** Running copies can be replaced without a change of configuration. */
  readonly restart: boolean
  /** A spec may hold more than one container. */
  readonly multipleContainers: boolean
  /** `spec.secrets` is honoured: the tenant sees the values, and one that has changed is applied by `update` and seen by `plan`. */
  readonly secrets: boolean
  /** An update keeps the old instance serving until the new one runs. */
  readonly rollingUpdate: boolean
  /** Resources are marked and read back, so that two installations can share a target and a foreign namesake is never touched. */
  readonly ownership: boolean
  /** `planAdoption` and `adopt` exist. Default false: providers from before there was adoption do not say. */
  readonly adopt?: boolean
}
