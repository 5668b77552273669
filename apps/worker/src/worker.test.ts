import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { DesiredState, LiveStatusResult } from '@landlord/api-contract'
import { createEndpointHandler, service } from '@restatedev/restate-sdk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startChild } from '../test/start-child.ts'
import { startStubServer } from '../test/stub-server.ts'
import { mockRegistry, startTestSystem, type TestSystem } from '../test/test-system.ts'
import { callAdmin } from './engine/call-admin.ts'
import { connectEngine } from './engine/engine-connection.ts'
import { startWorker } from './start-worker.ts'

const SOON = { timeout: 20_000, interval: 20 }

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.close())

const status = (id: string) => system.server.tenant(id).status
const becomes = (id: string, expected: string) => vi.waitFor(() => expect(status(id)).toBe(expected), SOON)

async function send(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await system.ingress.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text))
}

/** A deployment of another application on the same engine, at whose address nobody listens any more. */
async function deployForeign(): Promise<string> {
  const greeter = service({ name: 'Greeter', handlers: { greet: async () => 'hello' } })
  const server = createServer(createEndpointHandler({ services: [greeter] })).listen(0, '127.0.0.1')
  const sessions: ServerHttp2Session[] = []
  server.on('session', (session) => sessions.push(session))
  await once(server, 'listening')
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const admin = connectEngine(system.engine.adminUrl)
  await callAdmin(admin, 'POST', '/deployments', { uri })
  await admin.close()
  for (const session of sessions) session.destroy()
  server.close()
  await once(server, 'close')
  return uri
}

async function deployedUris(): Promise<string[]> {
  const admin = connectEngine(system.engine.adminUrl)
  const { deployments } = (await callAdmin(admin, 'GET', '/deployments')) as { deployments: { uri: string }[] }
  await admin.close()
  return deployments.map(({ uri }) => uri)
}

/** Once every trigger so far has been answered, a call to the same tenant gets its turn. */
async function reconcileNow(id: string, body: object = {}): Promise<unknown> {
  return (await send(`/Tenant/${id}/reconcile`, body)).body
}

describe('a worker on a real engine', () => {
  it('takes a tenant from requested to ready', async () => {
    system.server.change('first', 'provision', { mock: { ready_after_ms: 300 } })
    expect(await system.trigger('first')).toBe(202)
    await becomes('first', 'ready')
    expect(system.world.resources({ tenantId: 'first' })).toHaveLength(2)
  })

  it('measures its steps and its calls of the provider', async () => {
    const fail = [{ operation: 'provision', code: 'throttled', times: 1 }]
    system.server.change('measured', 'provision', { mock: { fail } })
    await system.trigger('measured')
    await becomes('measured', 'ready')
    const page = await (await fetch(`${system.worker.url}/metrics`)).text()
    const calls = (method: string, outcome: string) =>
      `landlord_worker_provider_call_duration_seconds_count{provider="mock",method="${method}",outcome="${outcome}"}`
    expect(page).toContain(calls('provision', 'ok'))
    expect(page).toContain(calls('provision', 'throttled'))
    expect(page).toContain(calls('get_status', 'ok'))
    expect(page).toContain('landlord_worker_provider_throttles_total{provider="mock"} 1')
    expect(page).toMatch(/^landlord_worker_step_duration_seconds_count\{action="provision",next="rest"\} [1-9]/m)
    expect(page).toContain('landlord_worker_provider_slots{provider="mock",lane="change",state="in_use"} 0')
    expect(page).toContain('landlord_worker_registered 1')
    expect(page).not.toContain('measured')
  })

  it('acts once for a trigger that was sent twice', async () => {
    system.server.change('twice', 'provision')
    expect(await system.trigger('twice', 'op-1')).toBe(202)
    expect([200, 202]).toContain(await system.trigger('twice', 'op-1'))
    await becomes('twice', 'ready')
  })

  it('leaves an operation for a newer one', async () => {
    const first = system.server.change('moving', 'provision', { image: 'v1', mock: { ready_after_ms: 60_000 } })
    await system.trigger('moving')
    await becomes('moving', 'working')
    const second = system.server.change('moving', 'update', { image: 'v2' })
    await system.trigger('moving')
    await becomes('moving', 'ready')
    expect(system.server.tenant('moving').outcomes).toEqual({ [first]: 'superseded', [second]: 'succeeded' })
    expect(system.world.resources({ tenantId: 'moving' })[1]?.service?.config.image).toBe('v2')
  })

  it('deletes a tenant that is being provisioned, within a call that takes long', async () => {
    const config = { mock: { latency_ms: { provision: 3_600_000 } } }
    system.server.change('unborn', 'provision', config)
    await system.trigger('unborn')
    await vi.waitFor(() => expect(system.world.calls('unborn')).toMatchObject({ provision: 1 }), SOON)
    system.server.change('unborn', 'delete')
    await system.trigger('unborn')
    await becomes('unborn', 'gone')
    expect(system.world.resources({ tenantId: 'unborn' })).toEqual([])
  })

  it('suspends, restarts once for each token, and resumes', async () => {
    const service = () => system.world.resources({ tenantId: 'moody' })[1]?.service
    const begin = async (kind: 'provision' | 'suspend' | 'resume' | 'restart', over: Partial<DesiredState> = {}) => {
      const operation = system.server.change('moody', kind, { replicas: 3, mock: { ready_after_ms: 100 } })
      Object.assign(system.server.tenant('moody').desired, over)
      await system.trigger('moody')
      await vi.waitFor(() => expect(system.server.tenant('moody').outcomes[operation]).toBe('succeeded'), SOON)
      return service()
    }
    await begin('provision')
    expect(await begin('suspend', { suspended: true })).toMatchObject({ suspended: true })
    const resumed = await begin('resume')
    expect(resumed).toMatchObject({ suspended: false, config: { replicas: 3 } })
    const restarted = await begin('restart', { restart_token: 'one' })
    expect(restarted?.changedAt).toBeGreaterThan(resumed?.changedAt ?? Number.NaN)
    // As a retry does, or a worker that died after the call.
    expect((await begin('restart', { restart_token: 'one' }))?.changedAt).toBe(restarted?.changedAt)
  })

  it('makes no call for a paused tenant, gives up the one under way, and goes on when it is triggered', async () => {
    system.server.change('halted', 'provision', { mock: { latency_ms: { provision: 3_600_000 } } })
    const { desired } = system.server.tenant('halted')
    desired.paused = true
    await expect(reconcileNow('halted')).resolves.toBe('done')
    expect(system.world.calls('halted')).toEqual({})
    desired.paused = false
    await system.trigger('halted')
    await vi.waitFor(() => expect(system.world.calls('halted')).toMatchObject({ provision: 1 }), SOON)
    desired.paused = true
    await expect(reconcileNow('halted')).resolves.toBe('done')
    expect(system.world.calls('halted')).toEqual({ provision: 1 })
    desired.config = {}
    desired.paused = false
    await system.trigger('halted')
    await becomes('halted', 'ready')
  })

  it('ignores a timer that is out of date, and a trigger before the timer, but not a newer operation', async () => {
    const fail = [{ operation: 'provision', code: 'throttled', retry_after_ms: 300_000, times: 1 }]
    system.server.change('ticking', 'provision', { mock: { fail } })
    await system.trigger('ticking')
    await becomes('ticking', 'working')
    await expect(reconcileNow('ticking', { tick: 1 })).resolves.toBe('stale_timer')
    await expect(reconcileNow('ticking')).resolves.toBe('too_early')
    expect(system.world.calls('ticking')).toMatchObject({ provision: 1 })
    system.server.change('ticking', 'delete', {})
    await expect(reconcileNow('ticking')).resolves.toBe('done')
    await expect(reconcileNow('ticking')).resolves.toBe('done')
  })

  it('looks at once when a person asks, whatever pause was planned', async () => {
    const fail = [{ operation: 'provision', code: 'throttled', retry_after_ms: 300_000, times: 1 }]
    system.server.change('urgent', 'provision', { mock: { fail } })
    await system.trigger('urgent')
    await becomes('urgent', 'working')
    await expect(reconcileNow('urgent', { now: true })).resolves.not.toBe('too_early')
    await becomes('urgent', 'ready')
  })

  it('keeps its timer through a trigger that came too early', async () => {
    const fail = [{ operation: 'provision', code: 'throttled', retry_after_ms: 3000, times: 1 }]
    system.server.change('early', 'provision', { mock: { fail } })
    await system.trigger('early')
    await becomes('early', 'working')
    await expect(reconcileNow('early')).resolves.toBe('too_early')
    await becomes('early', 'ready')
  })

  it('looks at a live tenant, and says why it cannot', async () => {
    system.server.change('seen', 'provision')
    await system.trigger('seen')
    await becomes('seen', 'ready')
    const found = (await send('/Tenant/seen/status', {})).body as LiveStatusResult
    expect(found).toMatchObject({ found: true, status: { state: 'running', provider: 'mock' } })
    const missing = (await send('/Tenant/nobody/status', {})).body as LiveStatusResult
    expect(missing).toMatchObject({ found: false, error: { code: 'tenant_not_found' } })
  })

  it('plans for the server, and tells the engine nothing of it', async () => {
    system.server.change('planned', 'provision')
    await system.trigger('planned')
    await becomes('planned', 'ready')
    const { operation: _, ...desired } = system.server.tenant('planned').desired
    const writes = system.world.calls('planned')['service.update']
    const request = { ...desired, config: { ...desired.config, image: 'next', env: { KEY: 'canary-of-the-plan' } } }
    system.server.plans.set('plan-1', { request })
    expect(await send('/Tenant/planned/plan', { plan_id: 'plan-1' })).toEqual({ status: 200, body: undefined })
    expect(system.server.plans.get('plan-1')?.answer).toMatchObject({
      outcome: 'planned',
      action: 'update',
      changes: [
        { path: '/env/KEY', to: '[redacted]', effect: 'replace' },
        { path: '/image', to: 'next', effect: 'replace' },
      ],
    })
    expect(system.world.calls('planned')['service.update']).toBe(writes)
    expect(filesHolding(join(system.folder, 'restate'), 'canary-of-the-plan')).toEqual([])
  })

  it('says why there is no plan, and nothing to who waits no more', async () => {
    const { operation: _, ...desired } = system.server.tenant('planned').desired
    const fail = [{ operation: 'plan', code: 'access_denied', message: 'no entry' }]
    system.server.plans.set('plan-2', { request: { ...desired, config: { mock: { fail } } } })
    await send('/Tenant/planned/plan', { plan_id: 'plan-2' })
    expect(system.server.plans.get('plan-2')?.answer).toMatchObject({
      outcome: 'failed',
      error: { code: 'access_denied', message: 'no entry' },
    })
    expect((await send('/Tenant/planned/plan', { plan_id: 'gone' })).status).toBe(200)
  })

  it('refuses whoever is not its engine', async () => {
    const session = connect(system.worker.url)
    const stream = session.request({ ':path': '/any/invoke/Tenant/reconcile', ':method': 'POST' })
    stream.end('{}')
    const [headers] = (await once(stream, 'response')) as [{ ':status': number }]
    session.destroy()
    expect(headers[':status']).toBe(401)
    await expect((await fetch(`${system.worker.url}/health`)).json()).resolves.toMatchObject({ registered: true })
  })

  it('tells the engine not to cut a call off before its own time is up', async () => {
    const admin = connectEngine(system.engine.adminUrl)
    const service = (await (await admin.fetch('/services/Tenant')).json()) as { handlers: { name: string }[] }
    await admin.close()
    const reconcile = service.handlers.find((handler) => handler.name === 'reconcile')
    expect(reconcile).toMatchObject({ inactivity_timeout: '13m', abort_timeout: '1m' })
  })

  it('waits for a server that is away, and loses nothing', async () => {
    system.server.change('patient', 'provision')
    const port = Number(new URL(system.server.url).port)
    await system.server.close()
    await system.trigger('patient')
    const again = await startStubServer(port)
    again.change('patient', 'provision')
    await vi.waitFor(() => expect(again.tenant('patient').status).toBe('ready'), SOON)
    Object.assign(system, { server: again })
  })
})

describe('after the death of', () => {
  it('a worker in the middle of a call, the next one goes on', async () => {
    await system.worker.close()
    const world = join(system.folder, 'world.sqlite')
    const child = await startChild({ role: 'worker', settings: system.settings, world })
    system.server.change('orphan', 'provision', { mock: { latency_ms: { provision: 3_600_000 } } })
    system.server.change('bystander', 'provision', { mock: { ready_after_ms: 2000 } })
    await Promise.all([system.trigger('orphan'), system.trigger('bystander')])
    await vi.waitFor(() => expect(system.world.calls('orphan')).toMatchObject({ provision: 1 }), SOON)
    await child.kill('SIGKILL')
    system.server.tenant('orphan').desired.config = {}
    system.worker = await startWorker(system.settings, { buildRegistry: mockRegistry(system.world) })
    await becomes('orphan', 'ready')
    await becomes('bystander', 'ready')
    system.world.assertNoneDoubled()
  })

  it('a worker beside which another one stood by, that one goes on', async () => {
    await system.worker.close()
    const world = join(system.folder, 'world.sqlite')
    const first = await startChild({ role: 'worker', settings: system.settings, world })
    system.worker = await startWorker(system.settings, { buildRegistry: mockRegistry(system.world) })
    expect(system.worker.isRegistered()).toBe(true)
    const foreignUri = await deployForeign()
    system.server.change('handed-over', 'provision', { mock: { latency_ms: { provision: 3_600_000 } } })
    await system.trigger('handed-over')
    await vi.waitFor(() => expect(system.world.calls('handed-over')).toMatchObject({ provision: 1 }), SOON)
    // It is the first that works: of the second there is nothing to stop.
    system.server.tenant('handed-over').desired.config = {}
    expect(status('handed-over')).not.toBe('ready')
    await first.kill('SIGKILL')
    await becomes('handed-over', 'ready')
    // It is gone as well, and not ours to take.
    expect(await deployedUris()).toContain(foreignUri)
    system.world.assertNoneDoubled()
  })

  it('the engine, its successor goes on without a new trigger', async () => {
    system.server.change('survivor', 'provision', { mock: { ready_after_ms: 3000 } })
    await system.trigger('survivor')
    await becomes('survivor', 'working')
    const { pid } = system.engine
    process.kill(pid ?? Number.NaN, 'SIGKILL')
    await becomes('survivor', 'ready')
    expect(system.engine.pid).not.toBe(pid)
  })

  it('the engine, in the middle of a hundred tenants, all get there and none twice', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `many-${index}`)
    for (const id of ids) system.server.change(id, 'provision', { mock: { ready_after_ms: 400 } })
    await Promise.all(ids.map((id) => system.trigger(id)))
    process.kill(system.engine.pid ?? Number.NaN, 'SIGKILL')
    await vi.waitFor(() => expect(ids.filter((id) => status(id) !== 'ready')).toEqual([]), SOON)
    system.world.assertNoneDoubled()
  })

  it('everything that the engine knew, a new trigger is enough', async () => {
    system.server.change('wiped', 'provision', { mock: { ready_after_ms: 1000 } })
    await system.trigger('wiped')
    await becomes('wiped', 'working')
    const { pid } = system.engine
    rmSync(join(system.folder, 'restate'), { recursive: true, force: true })
    await vi.waitFor(() => {
      expect(system.engine.pid).toBeDefined()
      expect(system.engine.pid).not.toBe(pid)
    }, SOON)
    // The server's sweep: it sends until somebody answers, and until the worker is registered again that is 404.
    await vi.waitFor(async () => expect(await system.trigger('wiped')).toBe(202), SOON)
    await becomes('wiped', 'ready')
    system.world.assertNoneDoubled()
  })
})
