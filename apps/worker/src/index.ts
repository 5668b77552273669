export { FolderInUseError, findFolderOwner } from './embedded/folder-lock.ts'
export { findRestateBinary } from './embedded/restate-binary.ts'
export { spawnTied } from './embedded/spawn-tied.ts'
export {
  type EmbeddedRestate,
  type EmbeddedRestateOptions,
  startEmbeddedRestate,
} from './embedded/start-embedded-restate.ts'
export type { EngineEvent } from './embedded/supervise-engine.ts'
export { buildEndpoint, type EndpointHandler, type EndpointOptions } from './engine/build-endpoint.ts'
export { connectEngine, type EngineConnection } from './engine/engine-connection.ts'
export { createTenantObject, type TenantObject, type TenantObjectOptions } from './engine/tenant-object.ts'
export { startWorker, type Worker, type WorkerDependencies } from './start-worker.ts'
export type { Cursor } from './step/cursor.ts'
export { reconcileStep, type StepResult } from './step/reconcile-step.ts'
export type { StepDependencies } from './step/step.ts'
export { WorkerSettingsError } from './worker-target.ts'
