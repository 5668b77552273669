import { formatKey, type KeyPath } from './key-path.ts'
import { formatSource, type SettingSource } from './setting-source.ts'

export type SettingsIssueCode =
  | 'invalid_value'
  | 'missing_value'
  | 'unknown_key'
  | 'unknown_variable'
  | 'shadowed_variable'
  | 'invalid_file'

/** One problem. Never holds the value of a secret. */
export interface SettingsIssue {
  readonly code: SettingsIssueCode
  /** Dotted path; empty when the problem is not about one key. */
  readonly key: string
  /** The whole sentence, source and key included: `landlord.yaml:7:3 port: must be integer, got "ten"`. */
  readonly message: string
  readonly source?: SettingSource
}

export interface IssueParts {
  readonly code: SettingsIssueCode
  readonly path?: KeyPath
  readonly source?: SettingSource | undefined
  readonly text: string
  readonly cwd: string
}

export function createIssue({ code, path = [], source, text, cwd }: IssueParts): SettingsIssue {
  const key = formatKey(path)
  // A default has no place that the reader could go to.
  const where = source === undefined || source.kind === 'default' ? '' : formatSource(source, cwd)
  const subject = [where, key].filter((part) => part !== '').join(' ')
  const message = subject === '' ? text : `${subject}: ${text}`
  return { code, key, message, ...(source === undefined ? {} : { source }) }
}

/** Problems of the file first, in the order of its lines; the others by key. */
export function inReadingOrder(issues: readonly SettingsIssue[]): SettingsIssue[] {
  return issues.toSorted((left, right) => {
    const [first, second] = [left.source, right.source]
    if (first?.kind === 'file' && second?.kind === 'file')
      return first.line - second.line || first.column - second.column
    const byFile = Number(second?.kind === 'file') - Number(first?.kind === 'file')
    return byFile || left.key.localeCompare(right.key, 'en')
  })
}
