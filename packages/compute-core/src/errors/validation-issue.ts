import type { JsonValue } from '../json.ts'

/** One thing that is wrong with a configuration or a spec. */
export interface ValidationIssue {
  /** JSON pointer (RFC 6901) to the offending value; empty for the root. */
  readonly path: string
  /** The schema keyword that failed, or `rule` for a cross-field rule. */
  readonly keyword: string
  /** For a person, with a "did you mean" for a misspelt key. */
  readonly message: string
  readonly expected?: JsonValue
  /** Absent where the value is sensitive. */
  readonly received?: JsonValue
}

/** `"/a/b: must be string; /c: …"`, for the message of an error. */
export function describeIssues(issues: readonly ValidationIssue[]): string {
  return issues.map((issue) => `${issue.path === '' ? '(root)' : issue.path}: ${issue.message}`).join('; ')
}
