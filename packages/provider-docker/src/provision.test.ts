import { ConflictError, ProvisionFailedError } from '@landlord/compute-core'
import { findEngine, forEveryDeath, NO_ENGINE, TEST_IMAGE, watchedEngine } from '@landlord/test-engine'
import { DockerBench, greeter, greetingAt, shell } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'

const engine = await findEngine()

describe.skipIf(engine === undefined)(`provision (${engine === undefined ? NO_ENGINE : 'real engine'})`, () => {
  if (engine === undefined) return
  let bench: DockerBench
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
  })
  afterEach(async () => {
    await bench.close()
  })

  it('makes a container that answers at its endpoint', async () => {
    const tenant = bench.tenant()
    expect((await tenant.provision(greeter('hello'))).status).toBe('in_progress')
    const status = await tenant.settled()
    expect(status).toMatchObject({ state: 'running', health: 'none', settled: true })
    expect(await greetingAt(status)).toBe('hello')
    expect(status.endpoints[0]).toMatchObject({ protocol: 'http', host: '127.0.0.1', containerPort: 8080 })
  })

  it('makes one container however often it is called, also at once', async () => {
    const tenant = bench.tenant()
    const results = await Promise.all([1, 2, 3, 4].map(() => tenant.provision(greeter('hello'))))
    expect(new Set(results.map(({ resourceIds }) => resourceIds.container_id)).size).toBe(1)
    await tenant.settled()
    expect((await tenant.provision(greeter('hello'))).status).toBe('success')
    expect(await bench.containers(tenant.id)).toHaveLength(1)
  })

  it('hardens every container', async () => {
    const tenant = bench.tenant()
    await tenant.provision(greeter('hello', { read_only: false }))
    const [container] = await bench.containers(tenant.id)
    expect(container?.HostConfig).toMatchObject({
      Privileged: false,
      SecurityOpt: ['no-new-privileges:true'],
      CapDrop: ['MKNOD', 'NET_RAW'],
      PidsLimit: 1024,
      Init: true,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1' }] },
      RestartPolicy: { Name: 'unless-stopped' },
    })
    expect(container?.HostConfig.NetworkMode).not.toBe('host')
  })

  it('applies limits, user, folder and health check', async () => {
    const tenant = bench.tenant()
    await tenant.provision(
      shell('sleep 1000', {
        resources: { cpu: 0.5, memory: 32, pids: 50 },
        user: '65534:65534',
        working_dir: '/tmp',
        read_only: true,
        cap_drop: ['ALL'],
        cap_add: ['CAP_NET_BIND_SERVICE'],
        extra_hosts: ['db:10.0.0.5'],
        health_check: { command: ['true'], interval_seconds: 1 },
        labels: { team: 'red' },
        volumes: [{ type: 'tmpfs', target: '/scratch', size: 8 }],
      }),
      { labels: { team: 'blue', tier: 'pro' } },
    )
    const status = await tenant.settled()
    expect(status).toMatchObject({ state: 'running', health: 'healthy' })
    const [container] = await bench.containers(tenant.id)
    expect(container?.HostConfig).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 32 * 1024 * 1024,
      PidsLimit: 50,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: ['NET_BIND_SERVICE'],
      ExtraHosts: ['db:10.0.0.5'],
    })
    expect(container?.Config).toMatchObject({ User: '65534:65534', WorkingDir: '/tmp' })
    expect(container?.Config.Labels).toMatchObject({ team: 'red', tier: 'pro', 'landlord.owner': 'landlord' })
  })

  it('keeps the environment out of addresses and labels', async () => {
    const handle = watchedEngine(engine)
    const tenant = bench.tenant(bench.provider({ docker: handle }))
    await tenant.provision(shell('sleep 1000', { env: { TOKEN: 'hunter2-secret' } }))
    const [container] = await bench.containers(tenant.id)
    expect(container?.Config.Env).toContain('TOKEN=hunter2-secret')
    expect(JSON.stringify(container?.Config.Labels)).not.toContain('hunter2')
    expect(JSON.stringify(handle.requests)).not.toContain('hunter2')
  })

  it('removes everything again when the container cannot start', async () => {
    const tenant = bench.tenant()
    const config = shell('sleep 1000', { user: 'nobody-knows', volumes: [{ source: 'data', target: '/data' }] })
    const failure = await tenant.provision(config).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProvisionFailedError)
    expect(failure).toMatchObject({ details: { reason: 'user_not_found' } })
    expect(await bench.resources()).toEqual([])
  })

  it('names a port that is taken and leaves nothing behind', async () => {
    const first = bench.tenant()
    await first.provision(greeter('first'))
    const port = (await first.settled()).endpoints[0]?.port ?? 0
    const second = bench.tenant()
    await expect(
      second.provision(greeter('second', { ports: [{ container_port: 8080, host_port: port }] })),
    ).rejects.toMatchObject({ code: 'provision_failed', details: { reason: 'port_taken' } })
    expect(await bench.containers(second.id)).toEqual([])
  })

  it('says that an image is not there', async () => {
    const tenant = bench.tenant()
    await expect(tenant.provision({ image: 'landlord-test/absent:1', pull_policy: 'never' })).rejects.toMatchObject({
      code: 'provision_failed',
      details: { reason: 'image_not_found' },
    })
    expect(await bench.resources()).toEqual([])
  })

  it('never touches a container of its name that is not ours', async () => {
    const tenant = bench.tenant()
    await tenant.provision(shell('sleep 1000'))
    const name = (await bench.containers(tenant.id))[0]?.Name.slice(1) ?? ''
    await tenant.destroy()
    const foreign = await engine.docker.createContainer({ name, Image: TEST_IMAGE, Cmd: ['sleep', '1000'] })
    try {
      await foreign.start()
      const before = await foreign.inspect()
      await expect(tenant.provision(shell('sleep 1000'))).rejects.toBeInstanceOf(ConflictError)
      await tenant.destroy()
      expect(await foreign.inspect()).toEqual(before)
    } finally {
      await foreign.remove({ force: true })
    }
  })

  it('keeps the volumes of a tenant whose container is gone', async () => {
    const tenant = bench.tenant()
    const volumes = [{ source: 'data', target: '/data' }]
    await tenant.provision(shell('echo kept > /data/file; exec sleep 1000', { volumes }))
    await tenant.settled()
    await engine.docker.getContainer((await bench.containers(tenant.id))[0]?.Id ?? '').remove({ force: true })
    await tenant.provision(shell('cat /data/file; exec sleep 1000', { volumes }))
    await tenant.settled()
    const [container] = await bench.containers(tenant.id)
    const logs = await engine.docker.getContainer(container?.Id ?? '').logs({ stdout: true })
    expect(logs.toString()).toContain('kept')
  })

  it('goes on from wherever a process died', async () => {
    const config = greeter('hello', { volumes: [{ source: 'data', target: '/data' }] })
    const deaths = await forEveryDeath(
      engine,
      async (docker, signal, number) => {
        await bench.tenant(bench.provider({ docker }), `dies-${number}`).provision(config, { signal })
      },
      async (number) => {
        const tenant = bench.tenant(bench.provider(), `dies-${number}`)
        await tenant.provision(config)
        expect(await greetingAt(await tenant.settled())).toBe('hello')
        expect(await bench.containers(tenant.id)).toHaveLength(1)
        await tenant.destroy()
      },
    )
    // Volume, network, container, start.
    expect(deaths).toBe(4)
  }, 60_000)
})
