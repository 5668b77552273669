import { HttpProblem } from './http-problem.ts'

/** An opaque cursor of plain facts. */
export function encodeCursor(facts: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(facts)).toString('base64url')
}

/** The facts of a cursor. Throws `HttpProblem` when it is not one, or lacks one of `keys`. */
export function decodeCursor<Key extends string>(cursor: string, keys: readonly Key[]): Record<Key, string> {
  let facts: unknown
  try {
    facts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw invalidCursor()
  }
  const isComplete =
    typeof facts === 'object' &&
    facts !== null &&
    keys.every((key) => typeof (facts as Record<string, unknown>)[key] === 'string')
  if (!isComplete) throw invalidCursor()
  return facts as Record<Key, string>
}

export function invalidCursor(): HttpProblem {
  const message = 'is not a cursor of this list; send `next_cursor` of the page before, with the same sort'
  return new HttpProblem({
    code: 'invalid_request',
    detail: `?cursor: ${message}`,
    issues: [{ pointer: '?cursor', message }],
  })
}
