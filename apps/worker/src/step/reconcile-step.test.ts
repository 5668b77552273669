import { createWorkerClient, type WorkerReport } from '@landlord/api-contract'
import { type JsonObject, ProviderRegistry, silentLogger } from '@landlord/compute-core'
import { createMockProvider, createMockWorld, type MockWorld } from '@landlord/provider-mock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { STUB_INSTALLATION, type StubServer, startStubServer } from '../../test/stub-server.ts'
import type { Cursor } from './cursor.ts'
import { liveStatus } from './live-status.ts'
import { createProviderSlots } from './provider-slots.ts'
import { reconcileStep, type StepResult } from './reconcile-step.ts'
import type { StepDependencies } from './step.ts'
import { silentObserver } from './step-observer.ts'

let server: StubServer
let world: MockWorld
let time: Date
let deps: StepDependencies

beforeEach(async () => {
  server = await startStubServer()
  world = createMockWorld()
  time = new Date()
  const clock = { now: () => time, sleep: (ms: number, signal: AbortSignal) => sleepLike(ms, signal) }
  deps = {
    client: createWorkerClient({ baseUrl: server.url, token: server.token }),
    registry: new ProviderRegistry().register(createMockProvider({ installation: STUB_INSTALLATION, world, clock })),
    slots: createProviderSlots(4),
    observer: silentObserver,
    secretsOf: () => () => Promise.reject(new Error('no secrets here')),
    now: () => time,
    logger: silentLogger,
    limits: { maxAttempts: 3, callTimeoutMs: 600_000 },
  }
})
afterEach(() => server.close())

/** The mock's latency: ends with the signal alone, so that a test decides. */
function sleepLike(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

const quiet = new AbortController().signal

/** Steps until nothing is left to do, moving the clock instead of waiting. Returns the delays. */
async function converge(tenantId: string, cursor?: Cursor): Promise<number[]> {
  const delays: number[] = []
  let known = cursor
  for (let steps = 0; steps < 200; steps += 1) {
    const result = await reconcileStep(deps, tenantId, known, quiet)
    if (result.next === 'rest') return delays
    if (result.next === 'keep_timer') throw new Error('a step at its time was taken for too early')
    known = throughJson(result).cursor ?? undefined
    delays.push(result.delayMs)
    time = new Date(time.getTime() + result.delayMs)
  }
  throw new Error(`still not done after 200 steps: ${JSON.stringify(server.tenant(tenantId))}`)
}

function throughJson(result: Extract<StepResult, { next: 'again' }>): typeof result {
  const copy = JSON.parse(JSON.stringify(result)) as typeof result
  expect(copy).toEqual(result)
  return copy
}

const lastReport = (id: string) => server.tenant(id).reports.at(-1)
const failing = (operation: string, code: string, more: JsonObject = {}): JsonObject => ({
  mock: { fail: [{ operation, code, ...more }] },
})

describe('reconcileStep', () => {
  it('needs one step and two reports for what is ready at once', async () => {
    server.change('acme', 'provision')
    await expect(converge('acme')).resolves.toEqual([])
    expect(server.tenant('acme').reports.map((report) => report.outcome)).toEqual(['in_progress', 'succeeded'])
    expect(server.requests()).toBe(3)
  })

  it('does nothing for a tenant that is unknown or settled', async () => {
    await expect(reconcileStep(deps, 'nobody', undefined, quiet)).resolves.toEqual({ next: 'rest' })
    server.change('acme', 'provision')
    await converge('acme')
    await converge('acme')
    expect(world.calls('acme')).toMatchObject({ provision: 1 })
  })

  it('provisions, updates, archives and deletes', async () => {
    server.change('acme', 'provision', { mock: { ready_after_ms: 5000, gone_after_ms: 3000 } })
    await converge('acme')
    expect(server.tenant('acme').status).toBe('ready')
    server.change('acme', 'update', { image: 'v2', mock: { ready_after_ms: 5000, gone_after_ms: 3000 } })
    await converge('acme')
    expect(lastReport('acme')).toMatchObject({ outcome: 'succeeded', observed_config: { image: 'v2' } })
    expect(server.tenant('acme').reports).toContainEqual(
      expect.objectContaining({ changes: [expect.objectContaining({ path: '/image', to: 'v2' })] }),
    )
    server.change('acme', 'archive')
    await converge('acme')
    expect(world.resources()).toEqual([])
    server.change('acme', 'provision')
    await converge('acme')
    server.change('acme', 'delete')
    await converge('acme')
    expect(server.tenant('acme').status).toBe('gone')
    expect(world.resources()).toEqual([])
  })

  it('makes again what somebody removed', async () => {
    server.change('acme', 'provision')
    await converge('acme')
    world.remove('acme')
    server.change('acme', 'reconcile')
    await converge('acme')
    expect(world.resources({ tenantId: 'acme' })).toHaveLength(2)
  })

  it('starts again without a cursor and doubles nothing', async () => {
    server.change('acme', 'provision', { mock: { ready_after_ms: 60_000 } })
    await reconcileStep(deps, 'acme', undefined, quiet)
    await reconcileStep(deps, 'acme', undefined, quiet)
    await converge('acme')
    expect(server.tenant('acme').status).toBe('ready')
    expect(world.calls('acme')).toMatchObject({ 'service.create': 1 })
  })

  it('gets over errors that pass', async () => {
    server.change('acme', 'provision', failing('provision', 'unavailable', { times: 2 }))
    await converge('acme')
    expect(server.tenant('acme').reports.map((report) => report.outcome)).toEqual([
      'backing_off',
      'backing_off',
      'in_progress',
      'succeeded',
    ])
  })

  it.each([
    ['at once when it cannot pass', failing('provision', 'access_denied'), 'access_denied', 1],
    ['after so many attempts', failing('provision', 'unavailable'), 'unavailable', 3],
  ])('fails %s', async (_, config, code, calls) => {
    server.change('acme', 'provision', config)
    await converge('acme')
    expect(lastReport('acme')).toMatchObject({ outcome: 'failed', error: { code, instance_usable: false } })
    expect(world.calls('acme')).toMatchObject({ provision: calls })
  })

  it('says that the old instance still serves after a failed update', async () => {
    server.change('acme', 'provision')
    await converge('acme')
    server.change('acme', 'update', { image: 'v2', ...failing('update', 'access_denied') })
    await converge('acme')
    expect(lastReport('acme')).toMatchObject({ error: { code: 'access_denied', instance_usable: true } })
  })

  it('fails at its deadline when a change never settles, and has shown signs of life until then', async () => {
    server.change('acme', 'provision', { mock: { never_settle: true } }, 120)
    const delays = await converge('acme')
    const seconds = delays.reduce((sum, delay) => sum + delay, 0) / 1000
    expect(Math.round(seconds)).toBe(120)
    expect(lastReport('acme')).toMatchObject({ outcome: 'failed', error: { code: 'timeout' } })
    expect(server.tenant('acme').reports.length).toBeGreaterThan(5)
  })

  it('keeps removing until the deadline, however often that fails', async () => {
    server.change('acme', 'provision', failing('destroy', 'unavailable', { times: 6 }))
    await converge('acme')
    server.change('acme', 'delete')
    await converge('acme')
    expect(server.tenant('acme').status).toBe('gone')
  })

  it('fails when the provider is not configured in this worker', async () => {
    server.change('acme', 'provision')
    server.tenant('acme').desired.provider = 'dokcer'
    await converge('acme')
    expect(lastReport('acme')).toMatchObject({ error: { code: 'provider_not_found', retryable: false } })
  })

  it.each([400, 413, 422])(
    'fails once, with the handle, when the server refuses what the provider said with %i',
    async (code) => {
      server.change('acme', 'provision')
      server.tenant('acme').refuses = ({ outcome }) => (outcome === 'succeeded' ? code : undefined)
      await converge('acme')
      expect(lastReport('acme')).toMatchObject({
        outcome: 'failed',
        error: { code: 'internal_error', retryable: false, instance_usable: true },
      })
      expect(lastReport('acme')).toHaveProperty('error.message', expect.stringContaining('answer does not fit: '))
      expect(world.calls('acme')).toMatchObject({ provision: 1 })
      expect(server.tenant('acme').desired.resource_ids).not.toEqual({})
    },
  )

  it.each([
    ['the report', (report: WorkerReport) => report.outcome === 'in_progress', true],
    ['the handle', (report: WorkerReport) => report.resource_ids !== undefined, false],
  ])('fails when %s with the first handle is refused', async (_, isRefused, isHandleKept) => {
    server.change('acme', 'provision')
    server.tenant('acme').refuses = (report) => (isRefused(report) ? 422 : undefined)
    await converge('acme')
    expect(lastReport('acme')).toMatchObject({ outcome: 'failed', error: { code: 'internal_error' } })
    expect(Object.keys(server.tenant('acme').desired.resource_ids).length > 0).toBe(isHandleKept)
  })

  it('turns to the newer operation at once when its report is not wanted any more', async () => {
    server.change('acme', 'provision', { mock: { ready_after_ms: 60_000 } })
    const first = await reconcileStep(deps, 'acme', undefined, quiet)
    server.change('acme', 'delete')
    const cursor = first.next === 'again' ? first.cursor : null
    await converge('acme', cursor ?? undefined)
    expect(server.tenant('acme').status).toBe('gone')
    expect(world.resources()).toEqual([])
  })

  it('ends a long call when a newer operation takes over, and reports its progress until then', async () => {
    server.change('acme', 'provision', { mock: { latency_ms: { provision: 100_000 } } })
    const step = reconcileStep(deps, 'acme', undefined, quiet)
    await vi.waitFor(() => expect(server.tenant('acme').reports).not.toEqual([]), 5000)
    server.change('acme', 'delete', {})
    await expect(step).resolves.toMatchObject({ next: 'again', cursor: null })
  })

  it('is run again when it was aborted, and has failed nothing', async () => {
    server.change('acme', 'provision', { mock: { latency_ms: { provision: 100_000 } } })
    const controller = new AbortController()
    const step = reconcileStep(deps, 'acme', undefined, controller.signal)
    await vi.waitFor(() => expect(world.calls('acme')).toMatchObject({ provision: 1 }))
    controller.abort(new Error('stopping'))
    await expect(step).rejects.toThrow('stopping')
    expect(server.tenant('acme').reports).toEqual([])
  })

  it('is run again when the server is away', async () => {
    server.change('acme', 'provision')
    await server.close()
    await expect(reconcileStep(deps, 'acme', undefined, quiet)).rejects.toThrow('no answer from')
  })
})

describe('liveStatus', () => {
  it('looks at the live tenant', async () => {
    server.change('acme', 'provision')
    await converge('acme')
    await expect(liveStatus(deps, 'acme', quiet)).resolves.toMatchObject({
      found: true,
      status: { tenant_id: 'acme', provider: 'mock', state: 'running', settled: true },
    })
  })

  it.each([
    ['the server does not know the tenant', 'nobody', 'tenant_not_found'],
    ['the target does not', 'acme', 'tenant_not_found'],
  ])('says why when %s', async (_, id, code) => {
    server.change('acme', 'provision')
    await expect(liveStatus(deps, id, quiet)).resolves.toMatchObject({ found: false, error: { code } })
  })
})
