import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { silentLogger } from '@landlord/compute-core'
import { findEngine, forEveryDeath, NO_ENGINE, TEST_IMAGE, watchedEngine } from '@landlord/test-engine'
import { call, DockerBench, greeter, greetingAt, shell } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'
import { sharedNetworkName } from './resource-names.ts'

const engine = await findEngine()

describe.skipIf(engine === undefined)(`networks (${engine === undefined ? NO_ENGINE : 'real engine'})`, () => {
  if (engine === undefined) return
  let bench: DockerBench
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
  })
  afterEach(async () => {
    await bench.close()
  })

  const sharedName = () => sharedNetworkName({ labelPrefix: 'landlord', installation: bench.installation })

  async function addressOf(tenantId: string): Promise<string> {
    const [container] = await bench.containers(tenantId)
    return Object.values(container?.NetworkSettings.Networks ?? {})[0]?.IPAddress ?? ''
  }

  async function reaches(tenantId: string, address: string): Promise<boolean> {
    const [container] = await bench.containers(tenantId)
    const script = `wget -O - http://${address}:8080/ & sleep 1; kill $! && exit 1; wait $!`
    const exec = await engine?.docker.getContainer(container?.Id ?? '').exec({ Cmd: ['sh', '-c', script] })
    await exec?.start({ Detach: true })
    return await vi.waitFor(
      async () => {
        const { Running, ExitCode } = (await exec?.inspect()) ?? {}
        if (Running !== false) throw new Error('still trying')
        return ExitCode === 0
      },
      { timeout: 5_000 },
    )
  }

  it('makes one shared network, on which tenants cannot reach each other, and removes it with the last', async () => {
    const [one, two] = [bench.tenant(), bench.tenant()]
    await Promise.all([one.provision(greeter('one')), two.provision(greeter('two'))])
    await Promise.all([one.settled(), two.settled()])
    const networks = (await bench.resources()).filter((resource) => resource.startsWith('network'))
    expect(networks).toEqual([`network ${sharedName()}`])
    expect(await reaches(one.id, '127.0.0.1')).toBe(true)
    expect(await reaches(one.id, await addressOf(two.id))).toBe(false)
    // A stopped container does not hold its network by itself.
    await two.update(greeter('two'), { suspended: true })
    await one.destroy()
    expect(await bench.resources()).toContain(`network ${sharedName()}`)
    await two.destroy()
    expect(await bench.resources()).toEqual([])
  })

  it('ends with one network when several processes begin at once', async () => {
    const tenants = [1, 2, 3, 4, 5, 6].map(() => bench.tenant())
    await Promise.all(tenants.map((tenant) => tenant.provision(shell('sleep 1000'))))
    await Promise.all(tenants.map((tenant) => tenant.settled()))
    await Promise.all(tenants.map((tenant) => tenant.destroy()))
    expect(await bench.resources()).toEqual([])
  })

  it('removes a second network of its name, which a race between processes can leave', async () => {
    const tenant = bench.tenant()
    await tenant.provision(greeter('hello'))
    const [network] = await engine.docker.listNetworks({ filters: { name: [sharedName()] } })
    await engine.docker.createNetwork({ Name: sharedName(), Labels: network?.Labels ?? {} })
    const second = bench.tenant()
    await second.provision(greeter('second'))
    expect(await greetingAt(await second.settled())).toBe('second')
    expect(await engine.docker.listNetworks({ filters: { name: [sharedName()] } })).toHaveLength(1)
  })

  it('keeps tenants apart and removes each network with its tenant', async () => {
    const settings = { network_isolation: 'per_tenant', subnet_pool: '10.213.0.0/27' }
    const provider = bench.provider({ settings })
    const [one, two] = [bench.tenant(provider), bench.tenant(provider)]
    await Promise.all([one.provision(greeter('one')), two.provision(greeter('two'))])
    await Promise.all([one.settled(), two.settled()])
    expect(await addressOf(one.id)).toMatch(/^10\.213\.0\./)
    expect(await reaches(one.id, await addressOf(two.id))).toBe(false)
    await one.destroy()
    expect((await bench.resources()).some((resource) => resource.includes(one.id))).toBe(false)
    await two.destroy()
    expect(await bench.resources()).toEqual([])
  })

  it('does not call a tenant destroyed whose network a foreign container holds', async () => {
    const provider = bench.provider({ settings: { network_isolation: 'per_tenant', subnet_pool: '10.215.0.0/24' } })
    const tenant = bench.tenant(provider)
    await tenant.provision(greeter('hello'))
    const network = (await bench.resources()).find((resource) => resource.startsWith('network'))?.slice(8) ?? ''
    const foreign = await engine.docker.createContainer({
      Image: TEST_IMAGE,
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: network, Init: true },
    })
    try {
      await foreign.start()
      await expect(provider.destroy(tenant.ref(), call({}))).rejects.toMatchObject({
        code: 'destroy_failed',
        details: { network },
      })
    } finally {
      await foreign.remove({ force: true })
    }
    await tenant.destroy()
    expect(await bench.resources()).toEqual([])
  })

  it('says that the pool of addresses is used up', async () => {
    const settings = { network_isolation: 'per_tenant', subnet_pool: '10.214.0.0/28' }
    const provider = bench.provider({ settings })
    await bench.tenant(provider).provision(shell('sleep 1000'))
    const second = bench.tenant(provider)
    await expect(second.provision(shell('sleep 1000'))).rejects.toMatchObject({
      code: 'quota_exceeded',
      details: { reason: 'addresses_exhausted' },
    })
    expect(await bench.containers(second.id)).toEqual([])
  })

  it('refuses a network of its name that is not ours', async () => {
    const foreign = await engine.docker.createNetwork({ Name: sharedName() })
    try {
      await expect(bench.tenant().provision(shell('sleep 1000'))).rejects.toMatchObject({ code: 'conflict' })
    } finally {
      await foreign.remove()
    }
  })

  it('uses a network that the operator names and leaves it there', async () => {
    const name = `operator-${bench.installation}`
    const network = await engine.docker.createNetwork({ Name: name })
    try {
      const tenant = bench.tenant(bench.provider({ settings: { network_name: name } }))
      await tenant.provision(greeter('hello'))
      expect(await greetingAt(await tenant.settled())).toBe('hello')
      await tenant.destroy()
      expect((await network.inspect()).Name).toBe(name)
    } finally {
      await network.remove()
    }
  })

  it('runs on the engine’s own network, and without any', async () => {
    const own = bench.tenant(bench.provider({ settings: { network_name: 'bridge' } }))
    await own.provision(greeter('hello'))
    expect(await greetingAt(await own.settled())).toBe('hello')
    const none = bench.tenant()
    await none.provision(shell('sleep 1000', { network_mode: 'none' }))
    expect(await none.settled()).toMatchObject({ state: 'running', endpoints: [] })
  })

  it('makes the network again when it goes away between creation and start', async () => {
    const tenant = bench.tenant()
    await forEveryDeath(
      engine,
      async (docker, signal) => {
        await bench.tenant(bench.provider({ docker }), tenant.id).provision(greeter('hello'), { signal })
      },
      async () => {
        for (const resource of await bench.resources()) {
          const [kind, name = ''] = resource.split(' ')
          const running = (await bench.containers(tenant.id)).some(({ State }) => State.Running)
          if (kind === 'network' && !running) await engine.docker.getNetwork(name).remove()
        }
        await tenant.provision(greeter('hello'))
        expect(await greetingAt(await tenant.settled())).toBe('hello')
        await tenant.destroy()
      },
    )
  }, 60_000)

  it('keeps two installations on one engine apart', async () => {
    const other = await DockerBench.open(engine, createDockerProvider)
    try {
      const [mine, theirs] = [bench.tenant(bench.provider(), 'same'), other.tenant(other.provider(), 'same')]
      await mine.provision(greeter('mine'))
      await theirs.provision(greeter('theirs'))
      await mine.settled()
      await mine.destroy()
      expect(await bench.resources()).toEqual([])
      expect(await greetingAt(await theirs.settled())).toBe('theirs')
    } finally {
      await other.close()
    }
  })

  it('destroys what the engine makes after a provision was cancelled', async () => {
    for (const path of ['/networks/create', '/containers/create', '/start']) {
      const provider = bench.provider()
      const tenant = bench.tenant(provider)
      const abort = new AbortController()
      const onRequest = (message: unknown) => {
        const { request } = message as { request: { path: string } }
        if (request.path.includes(path)) abort.abort()
      }
      subscribe('http.client.request.start', onRequest)
      try {
        await expect(tenant.provision(greeter('x'), { signal: abort.signal })).rejects.toMatchObject({
          code: 'cancelled',
        })
      } finally {
        unsubscribe('http.client.request.start', onRequest)
      }
      await tenant.destroy()
      expect(await bench.resources()).toEqual([])
      // Nothing appears later either.
      await expect.poll(() => bench.resources(), { timeout: 500, interval: 500 }).toEqual([])
    }
  })

  it('removes what an interrupted destroy has left, and minds no concurrent one', async () => {
    const volumes = [{ source: 'data', target: '/data' }]
    const config = shell('sleep 1000', { image: TEST_IMAGE, volumes })
    await forEveryDeath(
      engine,
      async (docker, signal, number) => {
        const tenant = bench.tenant(bench.provider({ docker: watchedEngine(engine) }), `d-${number}`)
        await tenant.provision(config)
        const dying = bench.provider({ docker })
        await dying.destroy(tenant.ref(), { signal, logger: silentLogger, operationId: 'x', generation: 1 })
      },
      async (number) => {
        const again = bench.tenant(bench.provider(), `d-${number}`)
        await Promise.all([again.destroy(), again.destroy(), again.destroy()])
        expect(await bench.resources()).toEqual([])
      },
    )
  }, 60_000)
})
