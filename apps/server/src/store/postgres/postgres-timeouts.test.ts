import { Client } from 'pg'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { startDatabaseNetwork } from '../../../test/start-database-network.ts'
import { createTestDatabase, openTestStore, TEST_LIMITS, type TestDatabase } from '../../../test/test-database.ts'

/** The time of a statement and the margin of the network. */
const QUERY_TIMEOUT_MS = TEST_LIMITS.statementTimeoutSeconds * 1000 + 5_000
const SHORT_MS = 300
const MIGRATION_LOCK = '7203648150113'
const PATIENCE = { timeout: 10_000, interval: 10 }

let database: TestDatabase
let timeouts = 0
beforeAll(async () => {
  database = await createTestDatabase()
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, milliseconds) => {
    if (milliseconds !== QUERY_TIMEOUT_MS) return setTimeout(run, milliseconds)
    return setTimeout(() => {
      timeouts += 1
      run()
    }, SHORT_MS)
  })
})
afterAll(async () => {
  vi.restoreAllMocks()
  await database.drop()
})

it('a connection that died without a word is waited for once, and the work done on another one', async () => {
  const network = await startDatabaseNetwork(database.url)
  const store = await openTestStore(network.url)
  onTestFinished(async () => {
    network.close()
    await store.close()
  })
  timeouts = 0
  let attempts = 0
  await store.transaction(async (tx) => {
    attempts += 1
    if (attempts === 1) network.stall()
    await tx.insertInto('meta').values({ key: 'stalled', value: '' }).execute()
  })
  expect({ attempts, timeouts }).toEqual({ attempts: 2, timeouts: 1 })
})

it('whoever opens a database waits for as long as another server migrates it', async () => {
  const holder = new Client({ connectionString: database.url })
  await holder.connect()
  await holder.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)
  timeouts = 0
  const opening = openTestStore(database.url)
  const outcome = opening.then(
    () => 'opened',
    (error: unknown) => String(error),
  )
  await vi.waitFor(async () => {
    const { rowCount } = await holder.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'
       and query_start < clock_timestamp() - interval '${2 * SHORT_MS} ms'`,
    )
    expect(rowCount).toBe(1)
  }, PATIENCE)
  await holder.end()
  expect(await outcome).toBe('opened')
  expect(timeouts).toBe(0)
  await (await opening).close()
})
