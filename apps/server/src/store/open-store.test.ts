import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Store } from './open-store.ts'
import { StoreError } from './store-error.ts'

let database: TestDatabase
const opened: Store[] = []

beforeEach(async () => {
  database = await createTestDatabase({ isBlank: true })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await database.drop()
})

async function open(): Promise<Store> {
  const store = await database.open()
  opened.push(store)
  return store
}

describe('openStore', () => {
  it('makes the tables and keeps the id of the installation, however many servers start at once', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, open))
    const ids = new Set(stores.map((store) => store.installationId))
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
    expect((await open()).installationId).toBe(stores[0]?.installationId)
    expect(await database.query("select name from kysely_migration where name = '0001_initial'")).toHaveLength(1)
  })

  it('works beside a newer version that only added something', async () => {
    await open()
    await database.query("insert into kysely_migration (name, timestamp) values ('9998_added', '2030-01-01')")
    const store = await open()
    expect(await store.db.selectFrom('tenants').selectAll().execute()).toEqual([])
  })

  it('refuses a database with which a newer version has broken', async () => {
    await open()
    await database.query("insert into kysely_migration (name, timestamp) values ('9999_future_breaking', '2030-01-01')")
    const error = await open().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toMatch(/newer version of Landlord.*9999_future_breaking.*this version knows up to 0\d\d\d_/)
  })
})

describe('a transaction', () => {
  it('waits for one in another server instead of failing', async () => {
    const [left, right] = await Promise.all([open(), open()])
    await left.db.insertInto('meta').values({ key: 'n', value: '0' }).execute()
    const bump = (store: Store) =>
      store.transaction(async (tx) => {
        const { value } = await tx
          .selectFrom('meta')
          .select('value')
          .where('key', '=', 'n')
          .forUpdate()
          .executeTakeFirstOrThrow()
        await tx
          .updateTable('meta')
          .set({ value: String(Number(value) + 1) })
          .where('key', '=', 'n')
          .execute()
      })
    await Promise.all(Array.from({ length: 40 }, (_, index) => bump(index % 2 === 0 ? left : right)))
    const { value } = await left.db.selectFrom('meta').select('value').where('key', '=', 'n').executeTakeFirstOrThrow()
    expect(value).toBe('40')
  })

  it('undoes everything when it fails', async () => {
    const store = await open()
    const failing = store.transaction(async (tx) => {
      await tx.insertInto('meta').values({ key: 'n', value: '1' }).execute()
      throw new Error('half-way')
    })
    await expect(failing).rejects.toThrow('half-way')
    expect(await store.db.selectFrom('meta').selectAll().where('key', '=', 'n').execute()).toEqual([])
  })
})

describe('both databases', () => {
  it('sort text by its bytes, find nothing in an empty list, and count in numbers', async () => {
    const { db } = await open()
    const keys = ['b', 'B', 'a-b', 'ab', 'a_b', 'Z', 'ä', 'a.b', 'A']
    await db
      .insertInto('meta')
      .values(keys.map((key) => ({ key, value: 'sorted' })))
      .execute()
    const sorted = db.selectFrom('meta').select('key').where('value', '=', 'sorted').orderBy('key')
    expect((await sorted.execute()).map(({ key }) => key)).toEqual(keys.toSorted())
    expect((await sorted.where('key', '>', 'a').execute()).map(({ key }) => key)).toEqual(
      keys.filter((key) => key > 'a').toSorted(),
    )
    expect(await sorted.where('key', 'in', []).execute()).toEqual([])
    expect(await sorted.where('key', 'not in', []).execute()).toHaveLength(keys.length)
    const { rows } =
      await sql`select count(*) as found, sum(length(key)) as total from meta where value = 'sorted'`.execute(db)
    expect(rows).toEqual([{ found: keys.length, total: keys.join('').length }])
  })
})
