import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestStore } from '../../test/test-database.ts'
import { StoreError } from './store-error.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-store-'))
  file = join(folder, 'deep', 'landlord.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const url = () => `sqlite:${file}`

describe('a SQLite database', () => {
  it('makes the database, for its owner only, and keeps the id of the installation', async () => {
    const first = await openTestStore(url())
    await first.close()
    expect(statSync(file).mode & 0o077).toBe(0)
    const second = await openTestStore(url())
    expect(second.installationId).toBe(first.installationId)
    expect(first.installationId).toMatch(/^[0-9a-f-]{36}$/)
    await second.close()
  })

  it('writes through to the disk and waits for other processes', async () => {
    const store = await openTestStore(url())
    const pragma = async (name: string) =>
      Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0] as object)[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(await pragma('busy_timeout')).toBeGreaterThan(0)
    await store.close()
  })

  it('leaves nothing behind when a migration fails', async () => {
    const { mkdirSync } = await import('node:fs')
    mkdirSync(join(folder, 'deep'))
    const database = new DatabaseSync(file)
    // In the way of the last table that the first migration makes.
    database.exec('create table meta (key text)')
    database.close()
    await expect(openTestStore(url())).rejects.toBeInstanceOf(StoreError)
    const after = new DatabaseSync(file)
    const tables = after
      .prepare("select name from sqlite_master where type = 'table' and name not like 'kysely%'")
      .all()
    expect(tables.map((table) => table.name)).toEqual(['meta'])
    after.close()
  })

  it.each(['', 'sqlite:', 'sqlite::memory:', 'mysql://user:pw@host/db', 'user:pw@host'])(
    'refuses the URL %j',
    async (bad) => {
      const error = await openTestStore(bad).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StoreError)
      expect(String(error)).toContain('sqlite:<path of a file>')
      expect(String(error)).not.toContain('pw')
    },
  )

  it('says what is wrong with a file that is no database', async () => {
    const { mkdirSync, writeFileSync } = await import('node:fs')
    mkdirSync(join(folder, 'deep'))
    writeFileSync(file, 'not a database, but long enough to look at '.repeat(100))
    await expect(openTestStore(url())).rejects.toThrow(/cannot be opened.*not a database/)
  })
})
