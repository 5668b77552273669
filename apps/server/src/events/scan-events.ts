import type { Event } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { type EventPage, listEvents } from '../store/event-store.ts'
import { type EventFilter, matches } from './event-filter.ts'

const BATCH = 500
/** A rare event must not make one request read the whole trail. */
const MOST_BATCHES = 20

export interface ScannedPage {
  readonly events: readonly Event[]
  /** Id of the last event that was looked at; absent at the end of the trail. */
  readonly next?: string
}

/** A page of what matches. It may be short of its limit, with a `next` to go on from. */
export async function scanEvents(db: Kysely<Database>, page: EventPage, filter: EventFilter): Promise<ScannedPage> {
  const found: Event[] = []
  const isFiltered = filter.types !== undefined || filter.labels.length > 0
  const limit = isFiltered ? BATCH : page.limit + 1
  let after = page.after
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const events = await listEvents(db, { ...page, limit, ...(after === undefined ? {} : { after }) })
    for (const event of events) {
      if (!matches(filter, event)) continue
      const last = found.at(-1)
      if (found.length === page.limit && last !== undefined) return { events: found, next: last.id }
      found.push(event)
    }
    const last = events.at(-1)
    if (events.length < limit || last === undefined) return { events: found }
    after = Number(last.id)
  }
  return { events: found, next: String(after) }
}
