import type { Logger } from './logger.ts'
import type { SecretResolver } from './resolve-secrets.ts'

/** For calls that only read. */
export interface ReadOptions {
  /** Aborting it ends the call with a `CancelledError` within a second. */
  readonly signal: AbortSignal
  readonly logger: Logger
  /** `background`: nobody waits for the answer, so whatever somebody waits for goes first. Default: somebody does. */
  readonly priority?: 'background'
  /** Reads the secrets of a spec. Present wherever `spec.secrets` may be. */
  readonly resolveSecret?: SecretResolver
}

/** For calls that change something. */
export interface OperationOptions extends ReadOptions {
  /** Stable across the retries of one operation: derive idempotency tokens from it. */
  readonly operationId: string
  /** The generation of the desired state that is being applied. Rises with every accepted change. */
  readonly generation: number
  /** The clock; injected, so that tests and replays decide what time it is. Default is the system's. */
  readonly now?: () => Date
  /** Progress for a person, e.g. `pulling image: 3 of 5 layers`. May be called often; the caller thins it out. */
  readonly onProgress?: (message: string) => void
}
