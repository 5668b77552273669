export type { Adoption, AdoptionPlan } from './adoption.ts'
export type { ComputePlan } from './compute-plan.ts'
export type { ComputeProvider } from './compute-provider.ts'
export type { ComputeHealth, ComputeState, ComputeStatus, ContainerStatus, Endpoint } from './compute-status.ts'
export type { ChangeEffect, ConfigChange } from './config-change.ts'
export { type ConfigValidator, createConfigValidator } from './config-validator.ts'
export { deriveResourceName, type ResourceNameRules } from './derive-resource-name.ts'
export { type DiffConfigOptions, diffConfig } from './diff-config.ts'
export { diffSecrets, fingerprintsOf } from './diff-secrets.ts'
export { AccessDeniedError } from './errors/access-denied-error.ts'
export { CancelledError } from './errors/cancelled-error.ts'
export { CapabilityUnsupportedError } from './errors/capability-unsupported-error.ts'
export { ComputeError, type ComputeErrorCode, type ComputeErrorOptions } from './errors/compute-error.ts'
export { ConflictError } from './errors/conflict-error.ts'
export { DestroyFailedError } from './errors/destroy-failed-error.ts'
export { InvalidConfigError } from './errors/invalid-config-error.ts'
export { InvalidSpecError } from './errors/invalid-spec-error.ts'
export { ProviderConflictError } from './errors/provider-conflict-error.ts'
export { ProviderNotFoundError } from './errors/provider-not-found-error.ts'
export { ProvisionFailedError } from './errors/provision-failed-error.ts'
export { QuotaExceededError } from './errors/quota-exceeded-error.ts'
export { SecretUnavailableError } from './errors/secret-unavailable-error.ts'
export { TenantNotFoundError } from './errors/tenant-not-found-error.ts'
export { ThrottledError } from './errors/throttled-error.ts'
export { TimeoutError } from './errors/timeout-error.ts'
export { UnavailableError } from './errors/unavailable-error.ts'
export { UnsupportedSpecificationError } from './errors/unsupported-specification-error.ts'
export { UpdateFailedError } from './errors/update-failed-error.ts'
export { describeIssues, type ValidationIssue } from './errors/validation-issue.ts'
export { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
export { appendPointer, parsePointer } from './json-pointer.ts'
export type { LogLine, ReadLogsOptions } from './log-line.ts'
export { type Logger, silentLogger } from './logger.ts'
export { mergeConfig } from './merge-config.ts'
export type { OperationOptions, ReadOptions } from './operation-options.ts'
export type { DestroyResult, ProvisionResult, UpdateResult } from './operation-result.ts'
export type { OwnedResource } from './owned-resource.ts'
export {
  assertNoReservedKeys,
  isOwnedBy,
  OWNERSHIP_KEYS,
  type Ownership,
  ownershipMarks,
  RESERVED_KEY_PREFIX,
  readOwnership,
  reservedKeyIssues,
} from './ownership.ts'
export type { ProviderCapabilities } from './provider-capabilities.ts'
export { type ProviderDescription, ProviderRegistry } from './provider-registry.ts'
export { REDACTED, redactConfig } from './redact-config.ts'
export { type ResolvedSecret, type ResolvedSecrets, resolveSecrets, type SecretResolver } from './resolve-secrets.ts'
export { restoreRedacted } from './restore-redacted.ts'
export type { Sensitivity } from './schema-view.ts'
export { type ParsedSecretReference, parseSecretReference, type SecretScheme } from './secret-reference.ts'
export { PROVIDER_KEYS, type ProviderSelection, selectProvider } from './select-provider.ts'
export { suggestName } from './suggest-name.ts'
export type {
  ContainerPort,
  ContainerSpec,
  HealthCheckSpec,
  NetworkingSpec,
  ResourceRequirements,
  SecretReference,
  TenantComputeSpec,
} from './tenant-compute-spec.ts'
export type { ResourceIds, TenantRef } from './tenant-ref.ts'
export { throwIfAborted } from './throw-if-aborted.ts'
export { validateSpec } from './validate-spec.ts'
