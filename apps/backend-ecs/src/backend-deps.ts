import type { Logger } from 'pino'
import type { AwsAccount } from './aws/aws-account.ts'
import type { WatchTimings } from './containers/task-watch.ts'
import type { EventLog } from './events/event-log.ts'
import type { BackendSettings } from './settings/backend-settings.ts'
import type { StateStore } from './store/state-store.ts'

/** What the operations work with. */
export interface BackendDeps {
  readonly settings: BackendSettings
  /** The value of the tag `sockerless-backend` on everything in AWS that is this backend's. */
  readonly instance: string
  readonly aws: AwsAccount
  readonly store: StateStore
  readonly events: EventLog
  readonly logger: Logger
  /** Aborted when the process begins to stop: streams that would go on for ever end. */
  readonly stopping: AbortSignal
  /** Aborted when the requests under way have ended, or have had their time. */
  readonly closing: AbortSignal
  readonly now: () => Date
  /** How often ECS is asked about tasks; default: as AWS's request rates allow. */
  readonly watchTimings?: WatchTimings
}
