import type { ReadOptions } from './operation-options.ts'

/** One line of a tenant's output. */
export interface LogLine {
  /** ISO 8601 in UTC; absent where the target keeps none. */
  readonly timestamp?: string
  readonly stream: 'stdout' | 'stderr'
  readonly container: string
  /** Without the line break. */
  readonly text: string
}

export interface ReadLogsOptions extends ReadOptions {
  /** Default false: end after what is there now. */
  readonly follow?: boolean
  /** At most this many lines from the end. Default is all that the target keeps. */
  readonly tail?: number
  /** Only lines after this moment, ISO 8601. */
  readonly since?: string
}
