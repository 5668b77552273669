import type { Event } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { listEvents, newestEvent } from '../store/event-store.ts'

/** Consecutive events, oldest first, and how far they reach: what is not among them up to there is none of those asked for. */
export interface EventBatch {
  readonly events: readonly Event[]
  readonly upTo: number
}

/** The newest events in memory, so that many readers cost the database as much as one. */
export interface EventWindow {
  /** Id of the newest event as last seen; undefined before the first look. */
  readonly head: number | undefined
  /** Takes in what is new. Calls `onFresh` after each part of it. */
  look(onFresh: () => void): Promise<void>
  /** What came after an event: from memory, or from the database for who is far behind. Of one tenant, if one is named. */
  read(after: number, tenantId: string | undefined): Promise<EventBatch>
}

const BATCH = 200
const MOST_RECENT = 1_000

export function createEventWindow(db: Kysely<Database>): EventWindow {
  let recent: Event[] = []
  // Everything after `floor` up to `head` is in `recent`.
  let floor = 0
  let head: number | undefined

  function take(fresh: readonly Event[], last: Event): void {
    recent = [...recent, ...fresh]
    head = Number(last.id)
    const dropped = recent.splice(0, Math.max(0, recent.length - MOST_RECENT)).at(-1)
    if (dropped !== undefined) floor = Number(dropped.id)
  }

  async function readStored(after: number, tenantId: string | undefined): Promise<EventBatch> {
    const known = head ?? after
    const page = { after, order: 'asc', limit: BATCH, ...(tenantId === undefined ? {} : { tenantId }) } as const
    const events = await listEvents(db, page)
    const last = Number(events.at(-1)?.id ?? after)
    // Less than a full batch: nothing else was there up to what was known before.
    return { events, upTo: events.length === BATCH ? last : Math.max(last, known) }
  }

  return {
    get head() {
      return head
    },
    async look(onFresh) {
      if (head === undefined) {
        head = await newestEvent(db)
        floor = head
      }
      let fresh: readonly Event[]
      do {
        fresh = await listEvents(db, { after: head, order: 'asc', limit: BATCH })
        const last = fresh.at(-1)
        if (last === undefined) return
        take(fresh, last)
        onFresh()
      } while (fresh.length === BATCH)
    },
    async read(after, tenantId) {
      if (after < floor) return await readStored(after, tenantId)
      const events = recent.filter((event) => Number(event.id) > after).slice(0, BATCH)
      const upTo = Number(events.at(-1)?.id ?? after)
      return { events: events.filter((event) => tenantId === undefined || event.tenant_id === tenantId), upTo }
    },
  }
}
