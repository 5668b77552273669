import type { DatabaseSync } from 'node:sqlite'

/** Kept beside the records, so that a start can tell "removed" from "never heard of". */
export interface RemovedContainers {
  note(id: string): void
  has(id: string): boolean
}

/** A task of a removed container was told to stop before; this is for those that nobody could tell. */
const KEPT_MS = 7 * 24 * 3600 * 1000

export function openRemovedContainers(database: DatabaseSync, now: () => Date): RemovedContainers {
  database.exec(
    'create table if not exists removed_containers (id text primary key, at integer not null) strict, without rowid',
  )
  const insert = database.prepare('insert or replace into removed_containers (id, at) values (?, ?)')
  const find = database.prepare('select 1 from removed_containers where id = ?')
  database.prepare('delete from removed_containers where at < ?').run(now().getTime() - KEPT_MS)
  return {
    note: (id) => void insert.run(id, now().getTime()),
    has: (id) => find.get(id) !== undefined,
  }
}
