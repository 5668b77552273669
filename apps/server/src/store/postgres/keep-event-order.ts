import { type CreateTableBuilder, type Kysely, sql } from 'kysely'

/** Where each commit tells whose events it wrote. */
export const COMMIT_CHANNEL = 'landlord_commits'

/** Any number that no other program takes for its advisory locks. */
const EVENT_LOCK = 7_203_648_150_114

/**
 * Events are written with a provisional number below zero, and numbered for good as the last thing in their commit
 * (docs/decisions/0015): numbers that are taken earlier appear out of order, and a reader that pages by them misses some.
 */
export function withEventSequence<Table extends string, Columns extends string>(
  table: CreateTableBuilder<Table, Columns>,
  column: string,
): CreateTableBuilder<Table, Columns> {
  return table.addColumn(column, 'bigint', (to) => to.primaryKey().generatedByDefaultAsIdentity())
}

export async function keepEventOrder(db: Kysely<Record<string, never>>): Promise<void> {
  await sql`alter table events alter column seq set start with -1 set increment by -1 set minvalue -9007199254740991 set maxvalue -1 restart`.execute(
    db,
  )
  await sql`create sequence events_committed owned by events.seq`.execute(db)
  // A deferred trigger runs inside COMMIT: between taking the lock and being visible there is no round trip, and no wait for a row.
  await sql`
    create function number_event() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(${sql.lit(EVENT_LOCK)});
      update events set seq = nextval('events_committed') where seq = new.seq;
      perform pg_notify(${sql.lit(COMMIT_CHANNEL)}, new.tenant_id);
      return null;
    end $$`.execute(db)
  await sql`
    create constraint trigger number_events after insert on events deferrable initially deferred
    for each row when (new.seq < 0) execute function number_event()`.execute(db)
}
