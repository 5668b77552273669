import type { DiagnosisCheck } from '@landlord/api-contract'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
let time: Date

beforeAll(async () => {
  time = new Date()
  test = await startTestServer({ now: () => time })
})
afterAll(() => test.close())

const provider: DiagnosisCheck = { name: 'provider mock', status: 'ok', message: 'reached' }
beforeEach(async () => {
  time = new Date()
  test.engine.checkUp = { version: '0.0.0', providers: [provider] }
  test.engine.heldUp = []
  await beat()
})

async function beat(): Promise<void> {
  const at = time.toISOString()
  const body = { version: '0.0.0', node_version: 'v24.0.0', url: 'http://127.0.0.1:1', providers: ['mock'] }
  const { body: receipt } = await test.worker.reportWorker({
    params: { id: 'w-1' },
    body: { ...body, registered: true, started_at: at, time: at },
  })
  expect(receipt.next_in_seconds).toBeGreaterThan(1)
}

async function diagnose(deep = false) {
  const { body } = await test.client.getDiagnosis({ query: { deep } })
  return { ...body, of: (name: string) => body.checks.find((one) => one.name === name) }
}

describe('GET /v1/diagnosis', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { status, server_time, checks, stuck, of } = await diagnose(true)
    expect(checks.filter((one) => one.status !== 'ok')).toEqual([])
    expect(status).toBe('ok')
    expect(checks.map(({ name }) => name)).toEqual([
      'database',
      'migrations',
      'clock',
      'workflow engine',
      'invocations',
      'workers',
      'stuck work',
      'failed tenants',
      'healing',
      'provider mock',
    ])
    expect(of('database')?.message).toMatch(
      /^(SQLite 3\.\S+|PostgreSQL \d+\.\S+), \d+\.\d MiB, answers in \d+ ms(, nothing damaged)?$/,
    )
    expect(of('workflow engine')?.message).toBe('Restate 1.7.12 answers')
    expect(server_time).toBe(time.toISOString())
    expect(stuck).toEqual([])
  })

  it('names work that waits, work that failed, and what the engine holds up', async () => {
    const { body: waiting } = await test.client.createTenant({ body: { name: 'waiting' } })
    const { body: broken } = await test.client.createTenant({ body: { name: 'broken' } })
    await test.fail(broken)
    test.engine.heldUp = [{ tenant: waiting.id, status: 'paused' }]
    time = new Date(time.getTime() + 120_000)
    await beat()
    const { status, stuck, of } = await diagnose()
    expect(status).toBe('warning')
    expect(stuck).toEqual([
      expect.objectContaining({
        tenant_name: 'waiting',
        kind: 'provision',
        state: 'pending',
        reason: expect.stringMatching(/no worker has begun|has not taken it/),
        fix: expect.any(String),
      }),
    ])
    expect(of('stuck work')).toMatchObject({ status: 'warning', message: '1 operation not getting on' })
    expect(of('failed tenants')).toMatchObject({ status: 'warning', fix: 'landlord list --status failed' })
    expect(of('invocations')).toMatchObject({ status: 'warning', message: expect.stringContaining(waiting.id) })
  })

  it('says which provider the worker lacks, and that no worker answers', async () => {
    test.engine.checkUp = { version: '0.0.0', providers: [] }
    expect((await diagnose()).of('provider mock')).toMatchObject({
      status: 'error',
      fix: expect.stringContaining('compute'),
    })
    test.engine.checkUp = undefined
    time = new Date(time.getTime() + 120_000)
    const { status, of } = await diagnose()
    expect(status).toBe('error')
    expect(of('providers')).toMatchObject({ status: 'error', message: expect.stringContaining('no worker') })
    expect(of('workers')).toMatchObject({ status: 'error', message: expect.stringContaining('was seen 2 min ago') })
  })

  it('warns of a clock that is off and of a database that a newer server has migrated', async () => {
    time = new Date(time.getTime() + 60_000)
    await test.database.query("insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')")
    const { of } = await diagnose()
    expect(of('clock')).toMatchObject({ status: 'warning', message: expect.stringMatching(/(59|60|61) s away/) })
    expect(of('migrations')).toMatchObject({ status: 'warning', message: expect.stringContaining('9999_future') })
    await test.database.query("delete from kysely_migration where name = '9999_future' or name like '0010%'")
    expect((await diagnose()).of('migrations')).toMatchObject({
      status: 'error',
      message: expect.stringContaining('0010_workers'),
    })
  })

  it('says what is down without failing itself', async () => {
    const engine = test.engine
    await engine.close()
    const { status, of } = await diagnose()
    expect(status).toBe('error')
    expect(of('workflow engine')).toMatchObject({
      status: 'error',
      message: expect.stringContaining('does not answer'),
    })
    expect(of('database')?.status).toBe('ok')
  })
})
