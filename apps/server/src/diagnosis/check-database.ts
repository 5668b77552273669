import { sql } from 'kysely'
import type { Store } from '../store/open-store.ts'
import { type Finding, failed, ok, warning } from './check.ts'

/** A commit of every request waits for this. */
const SLOW_MS = 1000
const MEBIBYTE = 1_048_576

/** Whether it answers, how fast, how large it is, and, where `deep`, whether all of it can be read. */
export async function checkDatabase(store: Pick<Store, 'db' | 'inspect'>, deep: boolean): Promise<Finding> {
  const startedAt = performance.now()
  await sql`select 1`.execute(store.db)
  const milliseconds = Math.round(performance.now() - startedAt)
  const { version, sizeBytes, problems } = await store.inspect(deep)
  if (problems !== undefined && problems.length > 0) {
    return failed(
      `the database is damaged: ${problems.slice(0, 3).join('; ')}`,
      'stop the server and restore a backup (docs/backup.md)',
    )
  }
  const facts = `${version}, ${(sizeBytes / MEBIBYTE).toFixed(1)} MiB, answers in ${milliseconds} ms`
  if (milliseconds > SLOW_MS) return warning(facts, 'find out what else loads the database or its disk')
  return ok(problems === undefined ? facts : `${facts}, nothing damaged`)
}

/** Migrations are done at the start, so a database that is behind was put there under a running server. */
export async function checkMigrations(store: Pick<Store, 'readMigrations'>): Promise<Finding> {
  const { applied, known } = await store.readMigrations()
  const missing = known.filter((name) => !applied.includes(name))
  if (missing.length > 0)
    return failed(`the database lacks ${missing.join(', ')}`, 'restart the server: it migrates at its start')
  const newer = applied.filter((name) => !known.includes(name))
  if (newer.length === 0) return ok(`up to date (${applied.at(-1)})`)
  return warning(`a newer server has added ${newer.join(', ')}`, 'upgrade this server too')
}
