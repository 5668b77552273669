import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Kysely } from 'kysely'
import { type CommitSignals, createCommitSignals } from './commit-signals.ts'
import type { Database } from './database.ts'
import { groupCommits } from './group-commits.ts'
import { migrate } from './migrate.ts'
import { readInstallationId } from './read-installation-id.ts'
import type { Work } from './retry-when-stale.ts'
import { sqliteStoreDialect } from './sqlite-dialect.ts'
import type { StoreDialect } from './store-dialect.ts'
import { StoreError } from './store-error.ts'

export interface Store {
  readonly db: Kysely<Database>
  /** This control plane's id: random, made with the database, never changed. */
  readonly installationId: string
  /** All or nothing; `work` runs again when another writer was faster, so it must have no effect of its own. */
  transaction<Result>(work: Work<Result>): Promise<Result>
  /** Several reads of the same moment. */
  snapshot<Result>(work: Work<Result>): Promise<Result>
  readonly onCommitted: CommitSignals['onCommitted']
  close(): Promise<void>
}

/** Opens and migrates the database. Throws `StoreError` for a URL or a database that cannot be used. */
export async function openStore(url: string): Promise<Store> {
  const dialect = dialectOf(url)
  const db = new Kysely<Database>({ dialect: dialect.createDialect() })
  try {
    await migrate(db, dialect)
    const installationId = await readInstallationId(db)
    const commits = createCommitSignals()
    return {
      db,
      installationId,
      transaction: groupCommits(db, () => commits.announce()),
      onCommitted: commits.onCommitted,
      snapshot: (work) =>
        db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read').execute(work),
      close: () => db.destroy(),
    }
  } catch (error) {
    await db.destroy()
    if (error instanceof StoreError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError({ message: `the database ${url} cannot be opened: ${reason}`, cause: error })
  }
}

// Anything else may hold a password, and where it begins and ends cannot be told from a URL that is wrong.
function described(url: string): string {
  if (url === '' || url.startsWith('sqlite:')) return JSON.stringify(url)
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(url)?.[0]
  return scheme === undefined ? 'something without a scheme' : `"${scheme}://…"`
}

function dialectOf(url: string): StoreDialect {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : ''
  if (path === '' || path === ':memory:') {
    throw new StoreError({
      message: `database.url must be "sqlite:<path of a file>", got ${described(url)}`,
    })
  }
  const file = resolve(path)
  // The file holds tenants' secrets: nobody else on the machine may read it. SQLite gives its log files the same mode.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  return sqliteStoreDialect(file)
}
