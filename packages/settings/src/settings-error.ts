import type { SettingsIssue } from './settings-issue.ts'

// Two copies of this package can be installed side by side; a registered symbol makes their errors recognise each other.
const brand = Symbol.for('landlord.settings-error')

/** The settings cannot be used. `issues` holds every problem found; no text of it holds a secret. */
export class SettingsError extends Error {
  readonly code = 'invalid_settings'
  readonly issues: readonly SettingsIssue[]
  /** @internal */
  readonly [brand] = true

  constructor({ issues }: { issues: readonly SettingsIssue[] }) {
    const lines = issues.map((issue) => issue.message)
    super(lines.length === 1 ? lines.join('') : `${lines.length} problems in the settings:\n  ${lines.join('\n  ')}`)
    this.name = 'SettingsError'
    this.issues = issues
  }

  /** True also for an error of another copy of this package. */
  static isInstance(value: unknown): value is SettingsError {
    return value instanceof Error && (value as { [brand]?: unknown })[brand] === true
  }
}
