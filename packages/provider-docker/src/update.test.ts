import { silentLogger, UpdateFailedError } from '@landlord/compute-core'
import { ensureTestImage, findEngine, forEveryDeath, NO_ENGINE, TEST_IMAGE, watchedEngine } from '@landlord/test-engine'
import { call, DockerBench, greeter, greetingAt, shell, spec, type Tenant } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'

const engine = await findEngine()

describe.skipIf(engine === undefined)(`update (${engine === undefined ? NO_ENGINE : 'real engine'})`, () => {
  if (engine === undefined) return
  let bench: DockerBench
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
  })
  afterEach(async () => {
    await bench.close()
  })

  async function running(config: ReturnType<typeof greeter>): Promise<Tenant> {
    const tenant = bench.tenant()
    await tenant.provision(config)
    await tenant.settled()
    return tenant
  }

  it('writes nothing when nothing changes', async () => {
    const tenant = await running(greeter('hello'))
    const handle = watchedEngine(engine)
    const same = bench.tenant(bench.provider({ docker: handle }), tenant.id)
    // The same in other words: defaults spelt out.
    const result = await same.update(
      greeter('hello', { restart_policy: 'unless-stopped', image: 'docker.io/landlord-test/busybox' }),
    )
    expect(result).toMatchObject({ status: 'no_changes', changes: [] })
    expect(handle.writes()).toEqual([])
  })

  it('reports exactly what changes, and how', async () => {
    const tenant = await running(greeter('hello'))
    const { changes } = await tenant.update(greeter('bye', { resources: { memory: 64 }, user: '0' }))
    expect(changes).toEqual([
      { path: '/env/GREETING', from: '[redacted]', to: '[redacted]', effect: 'replace' },
      { path: '/resources/memory', to: 64, effect: 'in_place' },
      { path: '/user', to: '0', effect: 'replace' },
    ])
  })

  it('changes limits and the restart policy of the running container', async () => {
    const tenant = await running(greeter('hello', { resources: { memory: 32, cpu: 0.5 } }))
    const [before] = await bench.containers(tenant.id)
    const config = greeter('hello', { resources: { memory: 128, cpu: 1, pids: 99 }, restart_policy: 'on-failure:3' })
    const result = await tenant.update(config)
    expect(result.status).toBe('success')
    expect(new Set(result.changes.map(({ effect }) => effect))).toEqual(new Set(['in_place']))
    const [after] = await bench.containers(tenant.id)
    expect(after).toMatchObject({
      Id: before?.Id,
      State: { StartedAt: before?.State.StartedAt },
      HostConfig: { Memory: 128 * 1024 * 1024, NanoCpus: 1e9, PidsLimit: 99, RestartPolicy: { Name: 'on-failure' } },
    })
    expect((await tenant.update(config)).status).toBe('no_changes')
  })

  it('loses no request while it replaces the container', async () => {
    const tenant = await running(greeter('one'))
    const answers = new Set<string>()
    await tenant.update(greeter('two'))
    for (;;) {
      const status = await tenant.status()
      answers.add(await greetingAt(status))
      if (status.settled) break
    }
    expect([...answers]).toEqual(['one', 'two'])
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('keeps the old container until the health check of the new one succeeds', async () => {
    const tenant = await running(greeter('one'))
    const check = { command: ['test', '-f', '/tmp/ready'], interval_seconds: 1, retries: 30 }
    await tenant.update(greeter('two', { health_check: check }))
    await vi.waitFor(async () => {
      const next = (await tenant.status()).containers[1]
      expect(next).toMatchObject({ state: 'starting', health: 'starting' })
    })
    expect(await greetingAt(await tenant.status())).toBe('one')
    const next = (await bench.containers(tenant.id)).find(({ Name }) => Name.endsWith('.b'))
    const exec = await engine.docker.getContainer(next?.Id ?? '').exec({ Cmd: ['touch', '/tmp/ready'] })
    await exec.start({})
    expect(await greetingAt(await tenant.settled())).toBe('two')
  })

  it.each([
    ['crash_loop', shell('echo boom; exit 3')],
    ['command_failed', { image: TEST_IMAGE, command: ['/no/such/program'] }],
    ['unhealthy', shell('sleep 1000', { health_check: { command: ['false'], interval_seconds: 1, retries: 1 } })],
    ['exited', shell('exit 4', { restart_policy: 'no' })],
  ])('rolls back when the new container fails: %s', async (reason, config) => {
    const tenant = await running(greeter('old'))
    expect((await tenant.update(config, { operationId: 'bad' })).status).toBe('in_progress')
    const status = await tenant.settled()
    expect(status).toMatchObject({ state: 'failed', settled: true, reason, instanceUsable: true })
    expect(await greetingAt(status)).toBe('old')
    // It stays so, and the same operation is told again.
    expect(await tenant.settled()).toMatchObject({ state: 'failed', reason })
    const again = await tenant.update(config, { operationId: 'bad' }).catch((error: unknown) => error)
    expect(again).toBeInstanceOf(UpdateFailedError)
    expect(again).toMatchObject({ instanceUsable: true, details: { reason } })
    // Another operation leads out.
    await tenant.update(greeter('new'), { operationId: 'good' })
    const recovered = await tenant.settled()
    expect(recovered.state).toBe('running')
    expect(await greetingAt(recovered)).toBe('new')
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('leaves the old container alone when the new one cannot even start', async () => {
    const tenant = await running(greeter('old'))
    for (const [config, reason] of [
      [greeter('new', { image: 'landlord-test/absent:1', pull_policy: 'never' }), 'image_not_found'],
      [greeter('new', { user: 'nobody-knows' }), 'user_not_found'],
    ] as const) {
      const failure = await tenant.update(config).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(UpdateFailedError)
      expect(failure).toMatchObject({ instanceUsable: true, retryable: false, details: { reason } })
    }
    expect(await greetingAt(await tenant.settled(greeter('old')))).toBe('old')
    expect(await bench.containers(tenant.id)).toHaveLength(1)
    expect((await tenant.update(greeter('old'))).status).toBe('no_changes')
  })

  describe('with a fixed host port', () => {
    async function fixed(): Promise<(greeting: string, extra?: object) => ReturnType<typeof greeter>> {
      const probe = await running(greeter('probe'))
      const port = (await probe.settled()).endpoints[0]?.port ?? 0
      await probe.destroy()
      return (greeting, extra = {}) =>
        greeter(greeting, { ports: [{ container_port: 8080, host_port: port, protocol: 'http' }], ...extra })
    }

    it('moves the port to the new container', async () => {
      const config = await fixed()
      const tenant = await running(config('one'))
      const before = await tenant.status()
      await tenant.update(config('two'))
      const after = await tenant.settled()
      expect(after.endpoints).toEqual(before.endpoints)
      expect(await greetingAt(after)).toBe('two')
    })

    it('gives the port back when the new container fails', async () => {
      const config = await fixed()
      const tenant = await running(config('old'))
      const [old] = await bench.containers(tenant.id)
      await tenant.update(config('new', { args: ['exit 1'] }))
      const status = await tenant.settled()
      expect(status).toMatchObject({ state: 'failed', reason: 'crash_loop' })
      // It was started again a moment ago.
      await vi.waitFor(async () => expect(await greetingAt(status)).toBe('old'), { timeout: 10_000 })
      expect(status.resourceIds.container_id).toBe(old?.Id)
    })

    it('gives the port back when the new container cannot start', async () => {
      const config = await fixed()
      const tenant = await running(config('old'))
      await expect(tenant.update(config('new', { user: 'nobody-knows' }))).rejects.toMatchObject({
        code: 'update_failed',
        instanceUsable: true,
      })
      const status = await tenant.settled(config('old'))
      await vi.waitFor(async () => expect(await greetingAt(status)).toBe('old'), { timeout: 10_000 })
      expect(await bench.containers(tenant.id)).toHaveLength(1)
    })

    it('goes on from wherever a process died', async () => {
      const config = await fixed()
      const tenant = await running(config('0'))
      const deaths = await forEveryDeath(
        engine,
        async (docker, signal, number) => {
          await bench.tenant(bench.provider({ docker }), tenant.id).update(config(`${number}`), { signal })
        },
        async (number) => {
          await tenant.update(config(`${number}`))
          expect(await greetingAt(await tenant.settled())).toBe(`${number}`)
          expect(await bench.containers(tenant.id)).toHaveLength(1)
        },
      )
      // Create, stop the old one, start.
      expect(deaths).toBe(3)
    }, 60_000)
  })

  it('takes over what an earlier try was cut off in, though the engine shows it only when the name is taken', async () => {
    const tenant = await running(greeter('0'))
    const { modem } = engine.docker
    const late = {
      modem: {
        // The engine makes what the try before has asked for, just before it is asked again.
        dial: (request: { method: string; path: string }, callback: (error: unknown, data: unknown) => void) => {
          const isCreation = request.method === 'POST' && request.path.includes('/containers/create') && !isMade
          if (!isCreation) return modem.dial(request, callback)
          isMade = true
          return modem.dial(request, () => modem.dial(request, callback))
        },
      },
    }
    let isMade = false
    await bench.tenant(bench.provider({ docker: late }), tenant.id).update(greeter('1'))
    expect(isMade).toBe(true)
    expect(await greetingAt(await tenant.settled())).toBe('1')
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('goes on with another configuration from wherever a process died, and from a status alone', async () => {
    const tenant = await running(greeter('0'))
    await forEveryDeath(
      engine,
      async (docker, signal, number) => {
        const dying = bench.tenant(bench.provider({ docker }), tenant.id)
        await dying.update(greeter(`lost-${number}`), { signal })
        while (!(await bench.provider({ docker }).getStatus(dying.ref(), { signal, logger: silentLogger })).settled);
      },
      async (number) => {
        expect(await greetingAt(await tenant.status())).toMatch(/^\d$|^lost/)
        await tenant.update(greeter(`${number}`))
        expect(await greetingAt(await tenant.settled())).toBe(`${number}`)
        expect(await bench.containers(tenant.id)).toHaveLength(1)
      },
    )
  }, 60_000)

  it('stops first where both would write to one volume, and keeps what is in it', async () => {
    const volumes = [{ source: 'data', target: '/data' }]
    const tenant = await running(shell('echo kept > /data/file; exec sleep 1000', { volumes }))
    const next = greeter('x', { volumes, args: ['cp -r /data /tmp/www && exec httpd -f -p 8080 -h /tmp/www'] })
    const planned = await bench.provider().plan?.(tenant.ref(), spec(tenant.id, next), call({}))
    expect(planned?.warnings).toEqual([expect.stringContaining('both write to volume data')])
    await tenant.update(next)
    const states = (await bench.containers(tenant.id)).map(({ Name, State }) => [Name.endsWith('.b'), State.Running])
    expect(Object.fromEntries(states)).toEqual({ false: false, true: true })
    const status = await tenant.settled()
    expect(await (await fetch(`${status.endpoints[0]?.url}/file`)).text()).toBe('kept\n')
  })

  it('suspends, keeps the configuration, and resumes', async () => {
    const tenant = await running(greeter('one'))
    expect((await tenant.update(greeter('one'), { suspended: true })).changes).toEqual([])
    expect(await tenant.settled()).toMatchObject({ state: 'stopped', settled: true, endpoints: [] })
    expect((await tenant.update(greeter('one'), { suspended: true })).status).toBe('no_changes')
    // A change while it is suspended does not wake it.
    await tenant.update(greeter('two'), { suspended: true })
    expect(await tenant.settled()).toMatchObject({ state: 'stopped' })
    await tenant.update(greeter('two'))
    expect(await greetingAt(await tenant.settled())).toBe('two')
  })

  it('suspends and resumes what does not restart by itself', async () => {
    const tenant = await running(greeter('job', { restart_policy: 'no' }))
    await tenant.update(greeter('job', { restart_policy: 'no' }), { suspended: true })
    expect(await tenant.settled()).toMatchObject({ state: 'stopped' })
    await tenant.update(greeter('job', { restart_policy: 'no' }))
    expect(await greetingAt(await tenant.settled())).toBe('job')
  })

  it('suspends a job that has failed, and runs it again when it is resumed', async () => {
    const job = { image: TEST_IMAGE, command: ['sh', '-c', 'sleep 0.1; exit 5'], restart_policy: 'no' }
    const tenant = bench.tenant()
    await tenant.provision(job)
    expect(await tenant.settled()).toMatchObject({ state: 'failed', reason: 'exited' })
    await tenant.update(job, { suspended: true })
    const suspended = await tenant.settled()
    expect(suspended.state).toBe('stopped')
    expect(suspended).not.toHaveProperty('reason')
    expect((await tenant.update(job, { suspended: true })).status).toBe('no_changes')
    await tenant.update(job)
    expect(await tenant.settled()).toMatchObject({ state: 'failed', reason: 'exited' })
  })

  it('suspends and finishes a replacement while the registry is away', async () => {
    // Nothing listens there.
    const image = '127.0.0.1:9/landlord-test/away:latest'
    await ensureTestImage(engine.docker, { name: image })
    const always = (greeting: string) => greeter(greeting, { image, pull_policy: 'always' })
    const tenant = await running(greeter('one', { image }))
    await tenant.update(greeter('two', { image }), { operationId: 'a' })
    expect(await tenant.update(always('two'), { operationId: 'a' })).toMatchObject({ status: 'in_progress' })
    expect(await greetingAt(await tenant.settled())).toBe('two')
    await expect(tenant.update(always('two'))).rejects.toMatchObject({ code: 'unavailable' })
    await tenant.update(always('two'), { suspended: true })
    expect(await tenant.settled()).toMatchObject({ state: 'stopped' })
  })

  it('restarts once for each restart token', async () => {
    const tenant = await running(greeter('one'))
    const [before] = await bench.containers(tenant.id)
    expect(await tenant.update(greeter('one'), { restartToken: 'a' })).toMatchObject({
      status: 'in_progress',
      changes: [],
    })
    await tenant.settled()
    const [after] = await bench.containers(tenant.id)
    expect(after?.Id).not.toBe(before?.Id)
    expect((await tenant.update(greeter('one'), { restartToken: 'a' })).status).toBe('no_changes')
  })

  it('refuses a limit that cannot be, and keeps serving', async () => {
    const tenant = await running(greeter('hello'))
    await expect(tenant.update(greeter('hello', { resources: { cpu: 1000 } }))).rejects.toMatchObject({
      code: 'update_failed',
      instanceUsable: true,
      details: { reason: 'invalid_parameter' },
    })
    expect(await greetingAt(await tenant.settled())).toBe('hello')
  })

  it('gives a fixed port back when a second attempt cannot start either', async () => {
    const probe = await running(greeter('probe'))
    const ports = [
      { container_port: 8080, host_port: (await probe.status()).endpoints[0]?.port ?? 0, protocol: 'http' },
    ]
    await probe.destroy()
    const tenant = await running(greeter('old', { ports }))
    await tenant.update(greeter('new', { ports, args: ['exit 1'] }))
    // Nobody has looked at the first failure: the second attempt meets it.
    await vi.waitFor(
      async () => {
        const next = (await bench.containers(tenant.id)).find(({ Name }) => Name.endsWith('.b'))
        expect(next?.RestartCount).toBeGreaterThanOrEqual(3)
      },
      { timeout: 10_000, interval: 100 },
    )
    await expect(tenant.update(greeter('new', { ports, user: 'nobody-knows' }))).rejects.toMatchObject({
      code: 'update_failed',
      instanceUsable: true,
    })
    expect(await greetingAt(await tenant.settled(greeter('old', { ports })))).toBe('old')
  })

  it('undoes what a dead process began when only the status is read', async () => {
    const tenant = await running(greeter('old'))
    const dying = new AbortController()
    const docker = watchedEngine(engine, { number: 1, die: () => dying.abort() })
    const died = bench.tenant(bench.provider({ docker }), tenant.id).update(greeter('new'), { signal: dying.signal })
    await expect(died).rejects.toMatchObject({ code: 'cancelled' })
    expect(await bench.containers(tenant.id)).toHaveLength(2)
    let passedMs = 0
    const later = bench.tenant(bench.provider({ now: () => new Date(Date.now() + passedMs) }), tenant.id)
    expect(await later.status()).toMatchObject({ state: 'running', settled: false })
    passedMs = 76_000
    expect(await later.settled()).toMatchObject({ state: 'running' })
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('leaves a replacement alone for as long as the old container may take to stop', async () => {
    const tenant = await running(greeter('old', { stop_timeout_seconds: 60 }))
    const dying = new AbortController()
    const docker = watchedEngine(engine, { number: 1, die: () => dying.abort() })
    const died = bench.tenant(bench.provider({ docker }), tenant.id).update(greeter('new'), { signal: dying.signal })
    await expect(died).rejects.toMatchObject({ code: 'cancelled' })
    let passedMs = 0
    const later = bench.tenant(bench.provider({ now: () => new Date(Date.now() + passedMs) }), tenant.id)
    expect(await later.status()).toMatchObject({ settled: false })
    passedMs = 115_000
    expect(await later.status()).toMatchObject({ settled: false })
    expect(await bench.containers(tenant.id)).toHaveLength(2)
    passedMs = 126_000
    expect(await later.settled()).toMatchObject({ state: 'running' })
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('updates and destroys what somebody has paused', async () => {
    const tenant = await running(greeter('old'))
    const pause = async () => {
      for (const { Id } of await bench.containers(tenant.id)) await engine.docker.getContainer(Id).pause()
    }
    await pause()
    expect(await tenant.status()).toMatchObject({ state: 'stopped', settled: true })
    await tenant.update(greeter('new'))
    expect(await greetingAt(await tenant.settled())).toBe('new')
    await pause()
    await tenant.destroy()
    expect(await bench.resources()).toEqual([])
  })

  it('says that there is nothing to update', async () => {
    await expect(bench.tenant().update(greeter('x'))).rejects.toMatchObject({ code: 'tenant_not_found' })
  })
})
