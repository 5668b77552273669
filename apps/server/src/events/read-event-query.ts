import type { EventsQuery } from '@landlord/api-contract'
import { HttpProblem } from '../http/http-problem.ts'
import { decodeCursor, invalidCursor } from '../http/page-cursor.ts'
import { LabelSelectorError, parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { type EventFilter, EventTypeError, expandTypes } from './event-filter.ts'

/** Throws `HttpProblem` for a type or a selector that cannot be. */
export function readEventFilter({ types, label_selector: selector }: EventsQuery): EventFilter {
  const expanded = types === undefined ? undefined : checked('types', () => expandTypes(split(types)))
  const labels = checked('label_selector', () => parseLabelSelector(selector ?? ''))
  return { labels, ...(expanded === undefined ? {} : { types: expanded }) }
}

/** Id of the event after which to go on; undefined where nothing says so. Throws `HttpProblem` for what is none. */
export function readEventPlace({ cursor, since }: EventsQuery): number | undefined {
  if (cursor === undefined) return since === undefined ? undefined : Number(since)
  if (since !== undefined) throw invalidQuery('since', 'does not go together with `cursor`; send one of the two')
  const { id } = decodeCursor(cursor, ['id'])
  if (!isEventId(id)) throw invalidCursor()
  return Number(id)
}

export function isEventId(text: string): boolean {
  return /^\d{1,15}$/.test(text)
}

function split(text: string): string[] {
  return text.split(',').map((type) => type.trim())
}

function checked<Result>(name: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof EventTypeError || error instanceof LabelSelectorError) throw invalidQuery(name, error.message)
    throw error
  }
}

function invalidQuery(name: string, message: string): HttpProblem {
  const pointer = `?${name}`
  return new HttpProblem({ code: 'invalid_request', detail: `${pointer}: ${message}`, issues: [{ pointer, message }] })
}
