import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from './open-store.ts'
import { StoreError } from './store-error.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-store-'))
  file = join(folder, 'deep', 'landlord.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const url = () => `sqlite:${file}`

describe('openStore', () => {
  it('makes the database, for its owner only, and keeps the id of the installation', async () => {
    const first = await openStore(url())
    await first.close()
    expect(statSync(file).mode & 0o077).toBe(0)
    const second = await openStore(url())
    expect(second.installationId).toBe(first.installationId)
    expect(first.installationId).toMatch(/^[0-9a-f-]{36}$/)
    await second.close()
  })

  it('writes through to the disk and waits for other processes', async () => {
    const store = await openStore(url())
    const pragma = async (name: string) =>
      Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0] as object)[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(await pragma('busy_timeout')).toBeGreaterThan(0)
    await store.close()
  })

  it('refuses a database that a newer version wrote', async () => {
    const store = await openStore(url())
    await store.close()
    const database = new DatabaseSync(file)
    database.exec("insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')")
    database.close()
    await expect(openStore(url())).rejects.toThrow(
      /newer version of Landlord.*9999_future.*this version knows up to \d{4}_[a-z]+/,
    )
  })

  it('leaves nothing behind when a migration fails', async () => {
    const { mkdirSync } = await import('node:fs')
    mkdirSync(join(folder, 'deep'))
    const database = new DatabaseSync(file)
    // In the way of the last table that the first migration makes.
    database.exec('create table meta (key text)')
    database.close()
    await expect(openStore(url())).rejects.toBeInstanceOf(StoreError)
    const after = new DatabaseSync(file)
    const tables = after
      .prepare("select name from sqlite_master where type = 'table' and name not like 'kysely%'")
      .all()
    expect(tables.map((table) => table.name)).toEqual(['meta'])
    after.close()
  })

  it('opens from two processes at once', async () => {
    const stores = await Promise.all([openStore(url()), openStore(url()), openStore(url())])
    expect(new Set(stores.map((store) => store.installationId)).size).toBe(1)
    await Promise.all(stores.map((store) => store.close()))
  })

  it.each([
    '',
    'sqlite:',
    'sqlite::memory:',
    'mysql://x',
    'postgres://user:pw@host/db',
    'postgres://user:pw/ss@host/db',
    'user:pw@host',
  ])('refuses the URL %j', async (bad) => {
    const error = await openStore(bad).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toContain('sqlite:<path of a file>')
    expect(String(error)).not.toContain('pw')
  })

  it('says what is wrong with a file that is no database', async () => {
    const { mkdirSync, writeFileSync } = await import('node:fs')
    mkdirSync(join(folder, 'deep'))
    writeFileSync(file, 'not a database, but long enough to look at '.repeat(100))
    await expect(openStore(url())).rejects.toThrow(/cannot be opened.*not a database/)
  })
})

describe('a transaction', () => {
  it('waits for one in another process instead of failing', async () => {
    const [left, right] = await Promise.all([openStore(url()), openStore(url())])
    const bump = (store: typeof left) =>
      store.transaction(async (tx) => {
        const row = await tx.selectFrom('meta').selectAll().where('key', '=', 'n').executeTakeFirst()
        const value = String(Number(row?.value ?? 0) + 1)
        await tx
          .insertInto('meta')
          .values({ key: 'n', value })
          .onConflict((on) => on.column('key').doUpdateSet({ value }))
          .execute()
      })
    await Promise.all(Array.from({ length: 40 }, (_, index) => bump(index % 2 === 0 ? left : right)))
    const { value } = await left.db.selectFrom('meta').select('value').where('key', '=', 'n').executeTakeFirstOrThrow()
    expect(value).toBe('40')
    await Promise.all([left.close(), right.close()])
  })

  it('undoes everything when it fails', async () => {
    const store = await openStore(url())
    const failing = store.transaction(async (tx) => {
      await tx.insertInto('meta').values({ key: 'n', value: '1' }).execute()
      throw new Error('half-way')
    })
    await expect(failing).rejects.toThrow('half-way')
    expect(await store.db.selectFrom('meta').selectAll().where('key', '=', 'n').execute()).toEqual([])
    await store.close()
  })
})
