import { type Dialect, HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression } from 'kysely'
import { type CommitSignals, createCommitSignals } from './commit-signals.ts'
import type { Database } from './database.ts'
import type { DatabaseLimits } from './database-limits.ts'
import { describeOpenFailure } from './describe-open-failure.ts'
import { groupCommits } from './group-commits.ts'
import { type MigrationState, migrate, readMigrations } from './migrate.ts'
import { readFingerprintKey } from './read-fingerprint-key.ts'
import { readInstallationId } from './read-installation-id.ts'
import type { Work } from './retry-work.ts'
import { selectDialect } from './select-dialect.ts'
import type { DatabaseFacts, StoreDialect } from './store-dialect.ts'
import { StoreError } from './store-error.ts'

export interface Store {
  readonly db: Kysely<Database>
  /** This control plane's id: random, made with the database, never changed. */
  readonly installationId: string
  /** Under it workers hash tenants' secrets. For workers only. */
  readonly fingerprintKey: string
  /** All or nothing; `work` runs again when another writer was faster, so it must have no effect of its own. */
  transaction<Result>(work: Work<Result>): Promise<Result>
  /** Several reads of the same moment. */
  snapshot<Result>(work: Work<Result>): Promise<Result>
  readonly onCommitted: CommitSignals['onCommitted']
  /** What the database is; `deep`: whether it is whole. */
  inspect(deep: boolean): Promise<DatabaseFacts>
  readMigrations(): Promise<MigrationState>
  close(): Promise<void>
}

/** Opens and migrates the database. Throws `StoreError` for a URL or a database that cannot be used. */
export async function openStore(url: string, limits: DatabaseLimits): Promise<Store> {
  const dialect = selectDialect(url, limits)
  const db = connectWith(dialect.createDialect())
  try {
    await migrateApart(db, dialect)
    const installationId = await readInstallationId(db)
    const fingerprintKey = await readFingerprintKey(db)
    const commits = createCommitSignals()
    const feed = dialect.followCommits?.(commits.announce)
    return {
      db,
      installationId,
      fingerprintKey,
      transaction: groupCommits(db, () => commits.announce()),
      snapshot: (work) =>
        db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read').execute(work),
      onCommitted: commits.onCommitted,
      inspect: (deep) => dialect.inspect(db, deep),
      readMigrations: () => readMigrations(db, dialect),
      async close() {
        await feed?.close()
        await db.destroy()
      },
    }
  } catch (error) {
    await db.destroy()
    if (error instanceof StoreError) throw error
    throw new StoreError({
      message: `the database ${dialect.description} cannot be opened: ${describeOpenFailure(error)}`,
      cause: error,
    })
  }
}

function connectWith(dialect: Dialect): Kysely<Database> {
  // `in ()` is SQLite's alone.
  const plugins = [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
  return new Kysely<Database>({ dialect, plugins })
}

async function migrateApart(db: Kysely<Database>, dialect: StoreDialect): Promise<void> {
  if (dialect.createMigrationDialect === undefined) return await migrate(db, dialect)
  const patient = connectWith(dialect.createMigrationDialect())
  try {
    await migrate(patient, dialect)
  } finally {
    await patient.destroy()
  }
}
