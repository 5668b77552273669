import type { CreateTableBuilder, Dialect, Kysely, Transaction } from 'kysely'
import type { Database } from './database.ts'

/** Everything in which the two databases differ. The rest of the store is written once. */
export interface StoreDialect {
  readonly name: 'sqlite' | 'postgres'
  /** The database without its password, for messages. */
  readonly description: string
  /** For Kysely. Opens nothing before the first query. */
  createDialect(): Dialect
  /** For a Kysely of the migration's own, where the usual one would end a statement that takes long. Absent: it would not. */
  createMigrationDialect?(): Dialect
  /**
   * First in the transaction that migrates: waits until no other server migrates. Returns the schema that the tables are in,
   * where there are schemas. Throws `StoreError` when the database cannot serve.
   */
  beginMigration(tx: Transaction<Database>): Promise<string | undefined>
  /** Adds a whole-number primary key that the database counts up. */
  addSequence<Table extends string, Columns extends string>(
    table: CreateTableBuilder<Table, Columns>,
    column: string,
  ): CreateTableBuilder<Table, Columns>
  /** What the database is. `deep`: where it can be, all of it is read, without holding up others. */
  inspect(db: Kysely<Database>, deep: boolean): Promise<DatabaseFacts>
  /** After `events` was made: whoever has read an event will never see one with a lower number appear. */
  keepEventOrder(db: Kysely<Record<string, never>>): Promise<void>
  /** Calls `onCommitted` soon after another server's commits, with a tenant's id, or without one after a gap. Absent: nobody tells. */
  followCommits?(onCommitted: (tenantId: string | undefined) => void): CommitFeed
}

export interface DatabaseFacts {
  /** E.g. `SQLite 3.50.4`. */
  readonly version: string
  readonly sizeBytes: number
  /** What is damaged; absent where not all of it was read. */
  readonly problems?: readonly string[]
}

export interface CommitFeed {
  close(): Promise<void>
}
