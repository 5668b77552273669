import type { Event, TenantStatus } from '@landlord/api-contract'
import type { Kysely, Selectable } from 'kysely'
import type { Principal } from '../tenants/actor.ts'
import type { Database, EventTable } from './database.ts'
import { historyVisibleTo } from './label-conditions.ts'

type Db = Kysely<Database>

export type NewEvent = Omit<Event, 'id'>

// The columns came before events that concern no tenant, and a column does not lose its "not null" on SQLite.
const NO_TENANT = ''

/** Returns its sequence number: a provisional one, below zero, where the dialect numbers events in the commit. */
export async function insertEvent(db: Db, event: NewEvent): Promise<number> {
  const { seq } = await db
    .insertInto('events')
    .values({
      type: event.type,
      tenant_id: event.tenant_id ?? NO_TENANT,
      tenant_name: event.tenant_name ?? NO_TENANT,
      tenant_labels: event.tenant_labels === undefined ? null : JSON.stringify(event.tenant_labels),
      tenant_status: event.tenant_status ?? null,
      operation_id: event.operation_id ?? null,
      generation: event.generation ?? null,
      principal: event.principal,
      request_id: event.request_id ?? null,
      address: event.address ?? null,
      data: JSON.stringify(event.data),
      created_at: event.created_at,
    })
    .returning('seq')
    .executeTakeFirstOrThrow()
  return Number(seq)
}

export interface EventPage {
  /** Every tenant's when absent. */
  readonly tenantId?: string
  /** Sees only what is there for them; everything when absent. */
  readonly reader?: Principal
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** Id of the last event of the page before. */
  readonly after?: number
}

/** At most `limit` events, whatever they are. */
export async function listEvents(db: Db, page: EventPage): Promise<Event[]> {
  const { reader } = page
  let query = db.selectFrom('events').selectAll()
  if (reader !== undefined) query = query.where((where) => where.and(historyVisibleTo(reader)))
  if (page.tenantId !== undefined) query = query.where('tenant_id', '=', page.tenantId)
  if (page.after !== undefined) query = query.where('seq', page.order === 'asc' ? '>' : '<', page.after)
  const rows = await query.orderBy('seq', page.order).limit(page.limit).execute()
  return rows.map(toEvent)
}

export interface OldEvents {
  readonly before: string
  readonly limit: number
  /** Sequence number from which on events are still needed. */
  readonly neededFrom: number | undefined
}

/** Deletes from the oldest on; returns how many. The newest stays: by it clients know that the trail is the one they know. */
export async function deleteOldEvents(db: Db, { before, limit, neededFrom }: OldEvents): Promise<number> {
  const oldest = await db
    .selectFrom('events')
    .select(['seq', 'created_at'])
    .where('seq', '>', 0)
    .orderBy('seq')
    .limit(limit)
    .execute()
  const firstKept = oldest.findIndex(({ created_at }) => created_at >= before)
  const last = Number(oldest.at(firstKept === -1 ? -1 : firstKept - 1)?.seq ?? 0)
  if (firstKept === 0 || last === 0) return 0
  const upTo = Math.min(last, (await newestEvent(db)) - 1, (neededFrom ?? Number.POSITIVE_INFINITY) - 1)
  // Below zero are numbers of the transaction that this is part of.
  const { numDeletedRows } = await db
    .deleteFrom('events')
    .where('seq', '>', 0)
    .where('seq', '<=', upTo)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Sequence number of the newest event; 0 before the first. */
export async function newestEvent(db: Db): Promise<number> {
  const row = await db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return Number(row?.seq ?? 0)
}

/** By sequence number. */
export async function findEvents(db: Db, sequence: readonly number[]): Promise<ReadonlyMap<number, Event>> {
  if (sequence.length === 0) return new Map()
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('seq', 'in', [...sequence])
    .execute()
  return new Map(rows.map((row) => [Number(row.seq), toEvent(row)]))
}

/** Those of the events that are there for the reader. */
export async function onlyVisible(db: Db, events: readonly Event[], reader: Principal): Promise<readonly Event[]> {
  if (events.length === 0 || (reader.selector.length === 0 && reader.scope === 'admin')) return events
  const rows = await db
    .selectFrom('events')
    .select('seq')
    .where(
      'seq',
      'in',
      events.map(({ id }) => Number(id)),
    )
    .where((where) => where.and(historyVisibleTo(reader)))
    .execute()
  const visible = new Set(rows.map(({ seq }) => String(seq)))
  return events.filter(({ id }) => visible.has(id))
}

/** Whether anything that is there for the reader was ever recorded of the tenant. */
export async function knowsTenant(db: Db, tenantId: string, reader: Principal): Promise<boolean> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where('tenant_id', '=', tenantId)
    .where((where) => where.and(historyVisibleTo(reader)))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The last known name of each of these tenants that anything was ever recorded of. */
export async function findLastNames(db: Db, tenantIds: readonly string[]): Promise<Map<string, string>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('events')
    .select(['tenant_id', 'tenant_name'])
    .where('seq', 'in', (events) =>
      events
        .selectFrom('events')
        .select((select) => select.fn.max('seq').as('seq'))
        .where('tenant_id', 'in', tenantIds)
        .groupBy('tenant_id'),
    )
    .execute()
  return new Map(rows.map((row) => [row.tenant_id, row.tenant_name]))
}

function toEvent(row: Selectable<EventTable>): Event {
  return {
    id: String(row.seq),
    type: row.type as Event['type'],
    ...(row.tenant_id === NO_TENANT ? {} : { tenant_id: row.tenant_id, tenant_name: row.tenant_name }),
    ...(row.tenant_labels === null ? {} : { tenant_labels: JSON.parse(row.tenant_labels) }),
    ...(row.tenant_status === null ? {} : { tenant_status: row.tenant_status as TenantStatus }),
    principal: row.principal,
    data: JSON.parse(row.data),
    created_at: row.created_at,
    ...(row.operation_id === null ? {} : { operation_id: row.operation_id }),
    ...(row.generation === null ? {} : { generation: row.generation }),
    ...(row.request_id === null ? {} : { request_id: row.request_id }),
    ...(row.address === null ? {} : { address: row.address }),
  }
}
