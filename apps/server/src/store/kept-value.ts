import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

/** A value that is made once for the life of the database: whoever asks first decides. */
export async function keptValue(db: Kysely<Database>, key: string, made: string): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key, value: made })
    .onConflict((on) => on.column('key').doNothing())
    .execute()
  const { value } = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirstOrThrow()
  return value
}
