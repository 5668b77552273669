import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type DatabaseNetwork, startDatabaseNetwork } from '../../../test/start-database-network.ts'
import { createTestDatabase, TEST_LIMITS, type TestDatabase } from '../../../test/test-database.ts'
import { openStoreOnceUp } from '../open-store-once-up.ts'
import { StoreError } from '../store-error.ts'

const SECRET = 'hunter2-of-nobody'

let database: TestDatabase
let network: DatabaseNetwork
let lines: string[]
beforeEach(async () => {
  database = await createTestDatabase()
  network = await startDatabaseNetwork(database.url)
  lines = []
})
afterEach(async () => {
  network.close()
  await database.drop()
})

const open = ({ url = network.url, seconds = 30, signal }: { url?: string; seconds?: number; signal?: AbortSignal }) =>
  openStoreOnceUp(url, TEST_LIMITS, { seconds, signal, logger: pino({}, { write: (line) => lines.push(line) }) })

it('opens a database as soon as it is there', async () => {
  network.setUp(false)
  const opening = open({})
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1), 10_000)
  network.setUp(true)
  const store = await opening
  expect(store.installationId).not.toBe('')
  await store.close()
  expect(lines[0]).toContain('the database is away')
})

it('tells at once of what no waiting mends, and never of a password', async () => {
  const url = new URL(network.url)
  url.password = SECRET
  const failure = await open({ url: url.href }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StoreError)
  expect(String(failure)).toMatch(/password is wrong/)
  expect(lines).toEqual([])
  expect(String(failure)).not.toContain(SECRET)
})

it('gives up after its time, and at once where it has none', async () => {
  network.setUp(false)
  await expect(open({ seconds: 0 })).rejects.toThrow(/does not answer/)
  expect(lines).toHaveLength(1)
  await expect(open({ seconds: 1 })).rejects.toThrow(StoreError)
  expect(lines.length).toBeGreaterThan(2)
})

it('stops waiting when it is told to', async () => {
  network.setUp(false)
  const stopping = new AbortController()
  const opening = open({ signal: stopping.signal })
  const outcome = opening.catch((error: unknown) => error)
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), 10_000)
  stopping.abort()
  expect(await outcome).toBe(stopping.signal.reason)
})
