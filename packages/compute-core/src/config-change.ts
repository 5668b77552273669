import type { JsonValue } from './json.ts'

/**
 * What a change does to the running instance: `none` nothing, `in_place` it goes on running, `restart` the same instance
 * restarts, `replace` a new instance takes over.
 */
export type ChangeEffect = 'none' | 'in_place' | 'restart' | 'replace'

/** One difference between two configurations. */
export interface ConfigChange {
  /**
   * JSON pointer (RFC 6901) into the configuration; `/secrets/<name>` for a secret, so a provider with secrets has no such key.
   */
  readonly path: string
  /** Absent when the value is new. Sensitive values are replaced by `REDACTED`. */
  readonly from?: JsonValue
  /** Absent when the value goes away. Sensitive values are replaced by `REDACTED`. */
  readonly to?: JsonValue
  readonly effect: ChangeEffect
}
