import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Store } from './open-store.ts'
import { StaleTenantError } from './retry-work.ts'

let database: TestDatabase
let store: Store
beforeEach(async () => {
  database = await createTestDatabase()
  store = await database.open()
})
afterEach(async () => {
  await store.close()
  await database.drop()
})

const insert = (key: string) =>
  store.transaction(async (tx) => {
    await tx.insertInto('meta').values({ key, value: key }).execute()
    return key
  })
const keys = async () => {
  const rows = await store.db.selectFrom('meta').select('key').where('key', 'like', 'row-%').orderBy('key').execute()
  return rows.map((row) => row.key)
}

it('commits what is asked for at the same time together', async () => {
  const transactions = vi.spyOn(store.db, 'transaction')
  const names = Array.from({ length: 50 }, (_, index) => `row-${index}`)
  expect(await Promise.all(names.map(insert))).toEqual(names)
  expect(await keys()).toEqual(names.toSorted())
  expect(transactions).toHaveBeenCalledTimes(1)
})

it('tells of each commit once it can be read, until nobody listens any more', async () => {
  const seen: Promise<string[]>[] = []
  const end = store.onCommitted(() => void seen.push(keys()))
  await insert('row-1')
  await Promise.all([insert('row-2'), insert('row-3')])
  await Promise.all(seen)
  end()
  await insert('row-4')
  // On PostgreSQL it is also told that a connection to hear of other servers was made.
  const states = await Promise.all(seen)
  expect(states).toContainEqual(['row-1'])
  expect(states).toContainEqual(['row-1', 'row-2', 'row-3'])
  expect(states.flat()).not.toContain('row-4')
})

it('undoes a failing piece alone, and tells the one who asked', async () => {
  const failing = store.transaction(async (tx) => {
    await tx.insertInto('meta').values({ key: 'row-bad', value: '' }).execute()
    throw new Error('changed my mind')
  })
  const clash = insert('row-1')
  const results = await Promise.allSettled([insert('row-1'), failing, insert('row-2'), clash])
  expect(results.map(({ status }) => status)).toContain('rejected')
  await expect(failing).rejects.toThrow('changed my mind')
  expect(await keys()).toEqual(['row-1', 'row-2'])
})

it('lets one piece read what the piece before it wrote', async () => {
  const first = insert('row-1')
  const second = store.transaction((tx) =>
    tx.selectFrom('meta').select('key').where('key', '=', 'row-1').executeTakeFirst(),
  )
  await first
  expect(await second).toEqual({ key: 'row-1' })
})

it('starts a stale piece over', async () => {
  let attempts = 0
  const result = await store.transaction(async () => {
    attempts += 1
    if (attempts < 3) throw new StaleTenantError('t-1')
    return 'done'
  })
  expect([result, attempts]).toEqual(['done', 3])
})

it('rejects the whole group when the commit fails, and goes on with the next', async () => {
  const transactions = vi.spyOn(store.db, 'transaction').mockImplementationOnce(() => {
    throw new Error('disk full')
  })
  const results = await Promise.allSettled([insert('row-1'), insert('row-2')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await insert('row-3')).toBe('row-3')
  expect(await keys()).toEqual(['row-3'])
  transactions.mockRestore()
})
