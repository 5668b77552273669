import { type Kysely, sql } from 'kysely'
import type { Database } from '../store/database.ts'
import { duration, type Finding, ok, warning } from './check.ts'

/** Deadlines and pauses are compared across machines; beyond this they are visibly wrong. */
export const LARGEST_SKEW_MS = 5_000

/** The server's clock against the database's. */
export async function checkClock(db: Kysely<Database>, now: () => Date): Promise<Finding> {
  const { rows } = await sql<{ now: unknown }>`select current_timestamp as now`.execute(db)
  const theirs = timeOf(rows[0]?.now)
  const skew = Math.abs(now().getTime() - theirs)
  if (skew <= LARGEST_SKEW_MS) return ok('the server agrees with the database')
  return warning(
    `the server's clock is ${duration(skew)} away from the database's`,
    'keep the clocks of all machines with NTP: timedatectl tells',
  )
}

// A driver's own type, or text in UTC without saying so.
function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Date.parse(`${String(value).replace(' ', 'T')}Z`)
}
