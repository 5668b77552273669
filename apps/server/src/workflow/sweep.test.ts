import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startRecordingEngine } from '../../test/recording-engine.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
let now = new Date('2026-11-20T12:00:00.000Z')
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}
const start = async (options: Parameters<typeof startTestServer>[0] = {}) => {
  now = new Date('2026-11-20T12:00:00.000Z')
  test = await startTestServer({ now: () => now, ...options })
  // The first sweep is over: what follows is the test's own.
  await test.server.sweepNow()
}

afterEach(() => test.close())

const create = async (name = 'acme') => (await test.client.createTenant({ body: { name } })).body
const keys = (id: string) => test.engine.sendsOf(id).map((send) => send.key?.slice(-2))

describe('the sweep', () => {
  it('leaves work alone that shows signs of life', async () => {
    await start()
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0']))
    later(44)
    expect(await test.server.sweepNow()).toBe(0)
    const operation_id = tenant.workflow_execution_id ?? ''
    await test.worker.reportProgress({
      params: { id: tenant.id },
      body: { operation_id, generation: 1, outcome: 'in_progress', attempts: 0 },
    })
    later(44)
    expect(await test.server.sweepNow()).toBe(0)
    expect(keys(tenant.id)).toEqual(['-0'])
  })

  it('triggers again, with a key of its own, what shows none', async () => {
    await start()
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0']))
    later(46)
    expect(await test.server.sweepNow()).toBe(1)
    expect(await test.server.sweepNow()).toBe(0)
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0', '-1']))
  })

  it('asks less and less often while nobody moves, and as often as before after a sign of life', async () => {
    await start()
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0']))
    const sends = async (seconds: number) => {
      later(seconds - 1)
      const early = await test.server.sweepNow()
      later(2)
      return [early, await test.server.sweepNow()]
    }
    for (const seconds of [45, 90, 180, 360, 720, 900, 900]) expect(await sends(seconds)).toEqual([0, 1])
    await test.worker.reportProgress({
      params: { id: tenant.id },
      body: { operation_id: tenant.workflow_execution_id ?? '', generation: 1, outcome: 'in_progress', attempts: 0 },
    })
    for (const seconds of [45, 90]) expect(await sends(seconds)).toEqual([0, 1])
  })

  it('does not cut a pause short', async () => {
    await start()
    const tenant = await create()
    const next_retry_at = new Date(now.getTime() + 60_000).toISOString()
    const error = { code: 'throttled', message: 'slow down', retryable: true, instance_usable: false }
    await test.worker.reportProgress({
      params: { id: tenant.id },
      body: {
        operation_id: tenant.workflow_execution_id ?? '',
        generation: 1,
        outcome: 'backing_off',
        attempts: 1,
        next_retry_at,
        error,
      },
    })
    later(100)
    expect(await test.server.sweepNow()).toBe(0)
    later(10)
    expect(await test.server.sweepNow()).toBe(1)
  })

  it('ignores what is over', async () => {
    await start()
    const tenant = await create()
    await test.settle(tenant)
    later(1_000)
    expect(await test.server.sweepNow()).toBe(0)
  })

  it('soon repeats a send that the engine did not take, the first one or a later one', async () => {
    await start()
    test.engine.sendStatus = 500
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0']))
    test.engine.sendStatus = 202
    later(6)
    expect(await test.server.sweepNow()).toBe(1)
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0', '-1']))
    test.engine.sendStatus = 500
    later(91)
    expect(await test.server.sweepNow()).toBe(1)
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0', '-1', '-2']))
    later(6)
    await vi.waitFor(async () => expect(await test.server.sweepNow()).toBe(1))
  })

  it('keeps what a missing worker did not take', async () => {
    await start()
    test.engine.sendStatus = 404
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toHaveLength(1))
    test.engine.sendStatus = 202
    later(6)
    expect(await test.server.sweepNow()).toBe(1)
  })

  it('triggers everything open when the server starts, and nothing twice', async () => {
    await start()
    const tenants = await Promise.all(['a', 'b', 'c'].map(create))
    await test.settle(tenants[0] ?? tenants[1] ?? (await create('d')))
    await vi.waitFor(() => expect(test.engine.sends).toHaveLength(3))
    later(1)
    test = await test.restart()
    await vi.waitFor(() => expect(test.engine.sends).toHaveLength(5))
    expect(await test.server.sweepNow()).toBe(0)
  })

  it('lets two servers sweep at once without sending twice', async () => {
    await start()
    const tenant = await create()
    await vi.waitFor(() => expect(keys(tenant.id)).toEqual(['-0']))
    const other = await startTestServer({ now: () => now, database: test.database, engine: test.engine })
    await other.server.sweepNow()
    const before = test.engine.sends.length
    later(46)
    const counts = await Promise.all([test.server.sweepNow(), other.server.sweepNow()])
    expect(counts[0] + counts[1]).toBe(1)
    await vi.waitFor(() => expect(test.engine.sends).toHaveLength(before + 1))
    await other.server.close()
  })

  it('forgets old idempotency keys also while the engine is down', async () => {
    await start()
    const post = () =>
      test.client.createTenant({ body: { name: 'acme' }, headers: { 'idempotency-key': 'key-of-the-day' } })
    await post()
    await test.engine.close()
    later(25 * 3600)
    expect(await test.server.sweepNow()).toBe(0)
    expect(await test.database.query('select key from idempotency_keys')).toEqual([])
  })

  it('waits for an engine that does not answer, and catches up', async () => {
    const socketPath = join(mkdtempSync(join(tmpdir(), 'landlord-engine-')), 'ingress.sock')
    let engine = await startRecordingEngine({ socketPath })
    await start({ engine })
    await engine.close()
    const tenant = await create()
    later(6)
    expect(await test.server.sweepNow()).toBe(0)
    expect((await test.client.getReadiness()).status).toBe(503)
    if (existsSync(socketPath)) rmSync(socketPath)
    engine = await startRecordingEngine({ socketPath })
    later(6)
    expect(await test.server.sweepNow()).toBe(1)
    await vi.waitFor(() => expect(engine.sendsOf(tenant.id)).toHaveLength(1))
    await engine.close()
    rmSync(join(socketPath, '..'), { recursive: true })
  })
})
