import { EventEmitter } from 'node:events'
import type { DatabaseSync } from 'node:sqlite'

/** As `GET /events` answers it. */
export interface DockerEvent {
  readonly Type: 'container' | 'image' | 'network' | 'volume'
  /** `create`, `start`, `die`, `destroy`, `pull` …, as Docker calls it. */
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: 'local'
  /** Seconds and nanoseconds since the epoch. */
  readonly time: number
  readonly timeNano: number
}

export interface EventLog {
  /** Kept before anybody is told. */
  publish(event: { type: DockerEvent['Type']; action: string; id: string; attributes?: Record<string, string> }): void
  /** Oldest first, both included; since the epoch, `since` in microseconds, `until` in milliseconds. */
  read(range: { since: number; until: number }): DockerEvent[]
  /** Tells of every event from now on. Returns how to end that. */
  subscribe(listener: (event: DockerEvent) => void): () => void
}

/** Docker's engine keeps 256; older ones are forgotten here too, but much later. */
const KEPT_EVENTS = 10_000
const PRUNE_EVERY = 500

/** Events in the state file: a client that was away, or this process, goes on with `since`. */
export function openEventLog(database: DatabaseSync, now: () => Date): EventLog {
  database.exec(
    `create table if not exists events (seq integer primary key autoincrement, at integer not null, event text not null) strict;
     create index if not exists events_by_time on events (at)`,
  )
  const insert = database.prepare('insert into events (at, event) values (?, ?)')
  const range = database.prepare('select event from events where at between ? and ? order by seq')
  const prune = database.prepare('delete from events where seq <= ?')
  const emitter = new EventEmitter()
  // One for each client that follows.
  emitter.setMaxListeners(0)
  let last = 0
  return {
    publish({ type, action, id, attributes = {} }) {
      const at = now().getTime()
      // Two within one millisecond still differ, and `since` in nanoseconds can tell them apart.
      last = Math.max(at * 1000, last + 1)
      const event: DockerEvent = {
        Type: type,
        Action: action,
        Actor: { ID: id, Attributes: attributes },
        scope: 'local',
        time: Math.floor(at / 1000),
        timeNano: last * 1000,
      }
      const seq = Number(insert.run(at, JSON.stringify(event)).lastInsertRowid)
      if (seq % PRUNE_EVERY === 0) prune.run(seq - KEPT_EVENTS)
      emitter.emit('event', event)
    },
    read: ({ since, until }) =>
      range
        .all(Math.floor(since / 1_000), until)
        .map((row) => JSON.parse(String(row.event)) as DockerEvent)
        // Several may have been within one millisecond.
        .filter(({ timeNano }) => Math.round(timeNano / 1_000) >= since),
    subscribe(listener) {
      emitter.on('event', listener)
      return () => void emitter.off('event', listener)
    },
  }
}
