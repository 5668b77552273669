import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { keptValue } from './kept-value.ts'

const KEY_BYTES = 32

/** The key under which workers hash tenants' secrets, so that a target that keeps the hashes learns nothing from them. */
export async function readFingerprintKey(db: Kysely<Database>): Promise<string> {
  return await keptValue(db, 'secret_fingerprint_key', randomBytes(KEY_BYTES).toString('base64url'))
}
