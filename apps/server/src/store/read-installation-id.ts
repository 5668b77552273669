import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

const KEY = 'installation_id'

/** The installation's id; the first caller makes it. */
export async function readInstallationId(db: Kysely<Database>): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key: KEY, value: randomUUID() })
    .onConflict((on) => on.column('key').doNothing())
    .execute()
  const { value } = await db.selectFrom('meta').select('value').where('key', '=', KEY).executeTakeFirstOrThrow()
  return value
}
