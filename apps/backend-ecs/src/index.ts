export { createLogger } from './create-logger.ts'
export type { BackendSettings } from './settings/backend-settings.ts'
export { type BackendFlags, loadBackendSettings } from './settings/load-backend-settings.ts'
export { type RunningBackend, startBackend } from './start-backend.ts'
