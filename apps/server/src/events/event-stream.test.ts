import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Store } from '../store/open-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { createEventFeed } from './event-feed.ts'
import { eventStream } from './event-stream.ts'

let database: TestDatabase
let store: Store

beforeAll(async () => {
  database = await createTestDatabase()
  store = await database.open()
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

function open({ isAskedFor }: { isAskedFor: boolean }) {
  const { db, onCommitted, transaction } = store
  const feed = createEventFeed({ db, onCommitted, logger: pino({ level: 'silent' }) })
  const controller = new AbortController()
  const follow = (after: number, heartbeatMs: number) =>
    eventStream({
      feed,
      after,
      select: async (events) => (isAskedFor ? events : []),
      signal: controller.signal,
      heartbeatMs,
    })
  const at = '2026-01-01T00:00:00.000Z'
  const record = () => transaction((tx) => recordEvent(tx, { type: 'webhook.deleted', actor: WORKER_ACTOR, at }))
  return { feed, follow, record, controller }
}

it('says that it is still there, and where to go on when nothing of what passes is asked for', async () => {
  const { feed, follow, record, controller } = open({ isAskedFor: false })
  const stream = follow(0, 20)
  expect((await stream.next()).value).toBe('retry: 2000\nid: 0\n\n')
  expect((await stream.next()).value).toBe(': still here\nid: 0\n\n')
  await record()
  let said = (await stream.next()).value
  // The feed reads the database meanwhile.
  while (said === ': still here\nid: 0\n\n') said = (await stream.next()).value
  expect(said).toBe(': still here\nid: 1\n\n')
  controller.abort()
  expect((await stream.next()).done).toBe(true)
  // Nobody reads, so nothing looks at the database any more.
  expect(feed.size).toBe(0)
})

it('tells the same event to every reader from one look at the database', async () => {
  const { feed, follow, record } = open({ isAskedFor: true })
  const [stream, second] = [follow(1, 5000), follow(1, 5000)]
  await Promise.all([stream.next(), second.next()])
  const told = Promise.all([stream.next(), second.next()])
  await record()
  expect((await told)[1].value).toMatch(/^id: 2\ndata: \{.*"type":"webhook.deleted".*\}\n\n$/)
  await stream.return(undefined)
  expect(feed.size).toBe(1)
  await second.return(undefined)
  expect(feed.size).toBe(0)
})
