import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  CancelledError,
  type ComputeError,
  type JsonObject,
  mergeConfig,
  type OperationOptions,
  ownershipMarks,
  type ReadLogsOptions,
  silentLogger,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MockClock } from './mock-clock.ts'
import { createMockProvider, type MockProvider } from './mock-provider.ts'
import type { MockProviderSettings } from './mock-settings.ts'
import { createMockWorld, type MockWorld } from './mock-world.ts'

const START = Date.UTC(2026, 0, 1)

/** A clock that a test moves; whoever sleeps moves it too. */
function manualClock(): MockClock & { advance(milliseconds: number): void } {
  let now = START
  return {
    now: () => new Date(now),
    async sleep(milliseconds, signal) {
      signal.throwIfAborted()
      now += milliseconds
      await setImmediate()
      signal.throwIfAborted()
    },
    advance(milliseconds) {
      now += milliseconds
    },
  }
}

interface Setup {
  readonly world: MockWorld
  readonly clock: ReturnType<typeof manualClock>
  readonly provider: MockProvider
}

function setup(settings: Partial<MockProviderSettings> = {}): Setup {
  const world = settings.world ?? createMockWorld()
  const clock = manualClock()
  return { world, clock, provider: createMockProvider({ installation: 'test', world, clock, ...settings }) }
}

const options = (overrides: Partial<OperationOptions> = {}): OperationOptions => ({
  signal: new AbortController().signal,
  logger: silentLogger,
  operationId: 'operation-1',
  generation: 1,
  ...overrides,
})

const spec = (config: JsonObject = {}, overrides: Partial<TenantComputeSpec> = {}): TenantComputeSpec => ({
  tenantId: 'acme',
  providerType: 'mock',
  containers: [],
  providerConfig: mergeConfig({ image: 'app:1', env: {}, replicas: 1, endpoints: [], mock: {} }, config),
  ...overrides,
})

const ref = (of: TenantComputeSpec = spec()): TenantRef => ({
  tenantId: of.tenantId,
  providerConfig: of.providerConfig,
  resourceIds: {},
})

describe('convergence', () => {
  it('settles only when ready_after_ms have passed', async () => {
    const { provider, clock } = setup()
    const wanted = spec({ mock: { ready_after_ms: 5_000 } })
    expect((await provider.provision(wanted, options())).status).toBe('in_progress')

    clock.advance(4_999)
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject({ state: 'starting', settled: false })
    clock.advance(1)
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject({
      state: 'running',
      health: 'healthy',
      settled: true,
      observedConfig: wanted.providerConfig,
    })
  })

  it('never settles when the script says so', async () => {
    const { provider, clock } = setup()
    const wanted = spec({ mock: { never_settle: true } })
    await provider.provision(wanted, options())
    clock.advance(1e9)
    expect((await provider.getStatus(ref(wanted), options())).settled).toBe(false)
  })

  it('settles as unhealthy when the script says so', async () => {
    const { provider } = setup()
    const wanted = spec({ mock: { unhealthy: true } })
    await provider.provision(wanted, options())
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject({
      state: 'running',
      health: 'unhealthy',
      settled: true,
      reason: 'unhealthy',
    })
  })

  it('takes gone_after_ms to be removed, and says so', async () => {
    const { provider, clock, world } = setup()
    const wanted = spec({ mock: { gone_after_ms: 1_000 } })
    await provider.provision(wanted, options())
    expect((await provider.destroy(ref(wanted), options())).status).toBe('in_progress')
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject({ state: 'stopping', settled: false })
    clock.advance(1_000)
    expect(await provider.destroy(ref(wanted), options())).toEqual({ status: 'destroyed', resourceIds: {} })
    expect(world.resources()).toEqual([])
  })
})

describe('scripted failures', () => {
  it('fail as often as they say, counted by the world and not by the process', async () => {
    const world = createMockWorld()
    const wanted = spec({
      mock: { fail: [{ operation: 'provision', times: 2, code: 'throttled', retry_after_ms: 700 }] },
    })
    for (let attempt = 1; attempt <= 2; attempt++) {
      const error = await setup({ world })
        .provider.provision(wanted, options())
        .catch((caught: ComputeError) => caught)
      expect(error).toMatchObject({ code: 'throttled', retryable: true, retryAfterMs: 700 })
      expect(world.resources()).toEqual([])
    }
    expect((await setup({ world }).provider.provision(wanted, options())).status).toBe('success')
  })

  it('carry out the call all the same when `applied`', async () => {
    const { provider, world } = setup()
    const wanted = spec({ mock: { fail: [{ operation: 'provision', times: 1, code: 'timeout', applied: true }] } })
    await expect(provider.provision(wanted, options())).rejects.toMatchObject({ code: 'timeout' })
    expect(world.resources().map(({ kind }) => kind)).toEqual(['network', 'service'])
    await provider.provision(wanted, options())
    world.assertNoneDoubled()
    expect(world.calls()).toMatchObject({ provision: 2, 'network.create': 1, 'service.create': 1 })
  })

  it('are retryable when the script says so, whatever the code', async () => {
    const { provider } = setup()
    const fail = [{ operation: 'get_status', code: 'access_denied', retryable: true, message: 'not yet' }]
    await expect(provider.getStatus(ref(spec({ mock: { fail } })), options())).rejects.toMatchObject({
      code: 'access_denied',
      retryable: true,
      message: 'not yet',
    })
  })

  it('a start that failed is tried again by the same provision', async () => {
    const { provider } = setup()
    const wanted = spec({ mock: { start_fails: { times: 1, message: 'no room' } } })
    await provider.provision(wanted, options())
    const failed = { state: 'failed', reason: 'crash_loop', message: 'no room', settled: true, endpoints: [] }
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject(failed)
    await provider.provision(wanted, options())
    expect((await provider.getStatus(ref(wanted), options())).state).toBe('running')
  })

  it('a failed update leaves the old instance serving and is tried again', async () => {
    const { provider } = setup()
    const endpoints = [{ protocol: 'http', host: '127.0.0.1', port: 8080 }]
    const old = spec({ endpoints })
    await provider.provision(old, options())
    const broken = spec({ image: 'app:2', endpoints, mock: { start_fails: { reason: 'image_not_found', times: 1 } } })
    await provider.update(ref(old), broken, options())
    const status = await provider.getStatus(ref(broken), options())
    expect(status).toMatchObject({ state: 'failed', reason: 'image_not_found', settled: true, endpoints })
    expect(status.observedConfig?.image).toBe('app:1')

    expect((await provider.update(ref(broken), broken, options())).status).toBe('success')
    expect((await provider.getStatus(ref(broken), options())).observedConfig?.image).toBe('app:2')
  })
})

describe('drift', () => {
  it('shows once, and an update with the wanted configuration heals it for good', async () => {
    const { provider } = setup()
    const wanted = spec({ mock: { drift: { replicas: 3 } } })
    await provider.provision(wanted, options())
    expect((await provider.getStatus(ref(wanted), options())).observedConfig?.replicas).toBe(3)
    const healed = await provider.update(ref(wanted), wanted, options())
    expect(healed.changes).toEqual([{ path: '/replicas', from: 3, to: 1, effect: 'in_place' }])
    expect((await provider.getStatus(ref(wanted), options())).observedConfig).toEqual(wanted.providerConfig)
  })

  it('is whatever a test does to the world', async () => {
    const { provider, world } = setup()
    await provider.provision(spec(), options())
    world.mutate('acme', { image: 'app:hacked', env: { KEY: 'secret-value' } })
    const planned = await provider.plan(ref(), spec(), options())
    expect(planned).toEqual({
      action: 'update',
      changes: [
        { path: '/env/KEY', from: '[redacted]', effect: 'replace' },
        { path: '/image', from: 'app:hacked', to: 'app:1', effect: 'replace' },
      ],
    })
  })
})

describe('suspend and restart', () => {
  it('stops compute, remembers its size and brings it back', async () => {
    const { provider } = setup()
    const wanted = spec({ replicas: 4 })
    await provider.provision(wanted, options())
    await provider.update(ref(wanted), { ...wanted, suspended: true }, options())
    expect(await provider.getStatus(ref(wanted), options())).toMatchObject({
      state: 'stopped',
      settled: true,
      containers: [],
    })
    await provider.update(ref(wanted), wanted, options())
    const status = await provider.getStatus(ref(wanted), options())
    expect(status.state).toBe('running')
    expect(status.containers).toHaveLength(4)
  })

  it('restarts once per token', async () => {
    const { provider, clock } = setup()
    await provider.provision(spec(), options())
    clock.advance(60_000)
    const restarted = spec({}, { restartToken: 'r1' })
    expect(await provider.update(ref(), restarted, options())).toMatchObject({ status: 'success', changes: [] })
    const { containers } = await provider.getStatus(ref(), options())
    expect(containers[0]?.startedAt).toBe(new Date(START + 60_000).toISOString())
    expect((await provider.update(ref(), restarted, options())).status).toBe('no_changes')
  })
})

describe('crash points', () => {
  it('a process that dies between two writes is carried on by the next one', async () => {
    const world = createMockWorld()
    const points: string[] = []
    const wanted = spec({ mock: { crash_points: ['provision.network_created'] } })
    const dying = setup({
      world,
      onCrashPoint({ name, tenantId }) {
        points.push(`${name} of ${tenantId}`)
        throw new Error('the process died')
      },
    })
    await expect(dying.provider.provision(wanted, options())).rejects.toThrow('the process died')
    expect(points).toEqual(['provision.network_created of acme'])
    expect(world.resources().map(({ kind }) => kind)).toEqual(['network'])

    const next = setup({ world })
    expect(await next.provider.getStatus(ref(wanted), options())).toMatchObject({
      state: 'failed',
      reason: 'incomplete',
    })
    expect((await next.provider.provision(wanted, options())).status).toBe('success')
    world.assertNoneDoubled()
    await next.provider.destroy(ref(wanted), options())
    expect(world.resources()).toEqual([])
  })
})

describe('ownership', () => {
  it('refuses a name that somebody else holds, before it makes anything', async () => {
    const { provider, world } = setup()
    const foreign = world.createForeign('acme')
    await expect(provider.provision(spec(), options())).rejects.toMatchObject({ code: 'conflict' })
    await expect(provider.update(ref(), spec(), options())).rejects.toMatchObject({ code: 'tenant_not_found' })
    expect((await provider.destroy(ref(), options())).status).toBe('destroyed')
    expect(world.resources()).toEqual([foreign])
    expect(world.writes()).toBe(0)
  })

  it('never touches the same tenant of another installation', async () => {
    const world = createMockWorld()
    const ours = setup({ world, installation: 'a' }).provider
    const theirs = setup({ world, installation: 'b' }).provider
    await ours.provision(spec(), options())
    const before = world.resources()
    await expect(theirs.provision(spec(), options())).rejects.toMatchObject({ code: 'conflict' })
    await expect(theirs.getStatus(ref(), options())).rejects.toMatchObject({ code: 'tenant_not_found' })
    await theirs.destroy(ref(), options())
    expect(world.resources()).toEqual(before)
    expect(before[0]?.labels).toEqual(ownershipMarks({ tenantId: 'acme', provider: 'mock', installation: 'a' }))
  })
})

describe('a world in a file', () => {
  it('is there again after it was closed, with its counts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mock-world-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'world.db')
    const first = createMockWorld({ file })
    await setup({ world: first }).provider.provision(spec(), options())
    // Not closed: a process that is killed does not close either.
    const second = createMockWorld({ file })
    expect(second.resources()).toEqual(first.resources())
    expect(second.calls('acme')).toMatchObject({ provision: 1, 'service.create': 1 })
    const again = setup({ world: second }).provider
    expect((await again.update(ref(), spec(), options())).status).toBe('no_changes')
    await again.destroy(ref(), options())
    expect(first.resources()).toEqual([])
    first.close()
    second.close()
  })
})

describe('logs', () => {
  it('come from the start, from the end or from a moment, and are followed until aborted', async () => {
    const { provider, world, clock } = setup()
    await provider.provision(spec(), options())
    clock.advance(1_000)
    const texts = async (extra: Partial<ReadLogsOptions>) => {
      const lines: string[] = []
      for await (const { text } of provider.readLogs(ref(), { ...options(), ...extra })) lines.push(text)
      return lines
    }
    expect(await texts({})).toEqual(['started app:1 x 1'])
    expect(await texts({ since: clock.now().toISOString() })).toEqual([])
    world.appendLog('acme', 'hello')
    expect(await texts({ tail: 1 })).toEqual(['hello'])

    const abort = new AbortController()
    const seen: string[] = []
    const follow = async () => {
      for await (const { text } of provider.readLogs(ref(), {
        ...options(),
        follow: true,
        tail: 1,
        signal: abort.signal,
      })) {
        seen.push(text)
        if (text === 'hello') world.appendLog('acme', 'followed')
        else abort.abort()
      }
    }
    await expect(follow()).rejects.toSatisfy(CancelledError.isInstance)
    expect(seen).toEqual(['hello', 'followed'])
  })
})

describe('validation', () => {
  it('reports every issue of a script at once', () => {
    const { provider } = setup()
    expect(() =>
      provider.validateConfig({ imgae: 'x', mock: { fail: [{ operation: 'provison', code: 'timeout' }] } }),
    ).toThrow(/imgae: .*did you mean "image".*did you mean "provision"/s)
  })

  it('refuses containers, which it would have to ignore', () => {
    const { provider } = setup()
    const wanted = spec({}, { containers: [{ name: 'a', image: 'b' }] })
    expect(() => provider.validate(wanted)).toThrow(/leave `containers` empty/)
  })

  it('refuses an update of one tenant with the spec of another', async () => {
    const { provider } = setup()
    await expect(provider.update({ ...ref(), tenantId: 'other' }, spec(), options())).rejects.toMatchObject({
      code: 'invalid_spec',
    })
  })
})
