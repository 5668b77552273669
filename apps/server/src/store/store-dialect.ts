import type { CreateTableBuilder, Dialect } from 'kysely'

/** Everything in which the two databases differ. The rest of the store is written once. */
export interface StoreDialect {
  readonly name: 'sqlite' | 'postgres'
  /** For Kysely. Opens nothing before the first query. */
  createDialect(): Dialect
  /** Adds a whole-number primary key that the database counts up. */
  addSequence<Table extends string, Columns extends string>(
    table: CreateTableBuilder<Table, Columns>,
    column: string,
  ): CreateTableBuilder<Table, Columns>
}
