import type { BackendDeps } from '../backend-deps.ts'

/** What removed containers leave in AWS. */
export interface Leftover {
  readonly kind: 'task-definition' | 'log-stream'
  /** An ARN, or a stream of the log group. */
  readonly name: string
}

/** Things that are deleted a while after their container, also across restarts. */
export interface Leftovers {
  add(leftover: Leftover): void
  /** Deletes what is due, now and from time to time. */
  start(): void
  close(): void
}

/**
 * Whoever follows the output of `docker run --rm` still reads it after the end, and RegisterTaskDefinition and
 * DeregisterTaskDefinition share one call a second: a row of equal `docker run --rm` must not pay for both each time.
 */
const KEPT_MS = 10 * 60 * 1000
const SWEEP_MS = 60_000

type Deps = Pick<BackendDeps, 'store' | 'now' | 'logger' | 'closing' | 'watchTimings'>

/** `remove` resolves when the thing is gone or is to be kept after all; what it rejects is tried again. */
export function createLeftovers(
  { store, now, logger, closing, watchTimings }: Deps,
  remove: (leftover: Leftover) => Promise<void>,
): Leftovers {
  const { database } = store
  const keptMs = watchTimings?.leftoversMs ?? KEPT_MS
  database.exec(
    'create table if not exists leftovers (kind text not null, name text not null, due integer not null, primary key (kind, name)) strict',
  )
  const insert = database.prepare('insert or replace into leftovers (kind, name, due) values (?, ?, ?)')
  const drop = database.prepare('delete from leftovers where kind = ? and name = ?')
  const due = database.prepare('select kind, name from leftovers where due <= ? order by due limit 100')
  let timer: NodeJS.Timeout | undefined
  let sweeping = false

  async function sweep(): Promise<void> {
    if (sweeping || closing.aborted) return
    sweeping = true
    try {
      for (const row of due.all(now().getTime())) {
        if (closing.aborted) return
        const leftover = { kind: row.kind as Leftover['kind'], name: String(row.name) }
        await remove(leftover)
        drop.run(leftover.kind, leftover.name)
      }
    } catch (error) {
      if (!closing.aborted)
        logger.warn({ err: error }, 'what removed containers left could not be deleted; it will be tried again')
    } finally {
      sweeping = false
    }
  }

  return {
    add: ({ kind, name }) => void insert.run(kind, name, now().getTime() + keptMs),
    start() {
      timer = setInterval(() => void sweep(), Math.min(SWEEP_MS, keptMs))
      timer.unref()
      void sweep()
    },
    close: () => clearInterval(timer),
  }
}
