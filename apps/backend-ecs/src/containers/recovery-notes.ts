import type { DatabaseSync } from 'node:sqlite'

/** What is kept beside the records, so that a start can tell "removed" from "never heard of". */
export interface RecoveryNotes {
  /** Whether all that AWS had when this store was new has been taken in: a process may have died over it. */
  isComplete(): boolean
  complete(): void
  noteRemoved(containerId: string): void
  wasRemoved(containerId: string): boolean
}

/** A task of a removed container was told to stop before; this is for those that nobody could tell. */
const KEPT_MS = 7 * 24 * 3600 * 1000

export function openRecoveryNotes(database: DatabaseSync, now: () => Date): RecoveryNotes {
  database.exec(
    `create table if not exists container_recovery (completed_at integer not null) strict;
     create table if not exists removed_containers (id text primary key, at integer not null) strict, without rowid`,
  )
  const completed = database.prepare('select 1 from container_recovery')
  const complete = database.prepare('insert into container_recovery (completed_at) values (?)')
  const insert = database.prepare('insert or replace into removed_containers (id, at) values (?, ?)')
  const find = database.prepare('select 1 from removed_containers where id = ?')
  database.prepare('delete from removed_containers where at < ?').run(now().getTime() - KEPT_MS)
  return {
    isComplete: () => completed.get() !== undefined,
    complete() {
      if (completed.get() === undefined) complete.run(now().getTime())
    },
    noteRemoved: (id) => void insert.run(id, now().getTime()),
    wasRemoved: (id) => find.get(id) !== undefined,
  }
}
