import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { keptValue } from './kept-value.ts'

/** The installation's id; the first caller makes it. */
export async function readInstallationId(db: Kysely<Database>): Promise<string> {
  return await keptValue(db, 'installation_id', randomUUID())
}
