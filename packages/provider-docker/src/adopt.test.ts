import { randomUUID } from 'node:crypto'
import {
  type AdoptionPlan,
  type ComputeProvider,
  type ComputeStatus,
  type JsonObject,
  type OwnedResource,
  ownershipMarks,
} from '@landlord/compute-core'
import {
  findEngine,
  httpServerConfig,
  NO_ENGINE,
  TEST_IMAGE,
  type TestEngine,
  type WatchedEngine,
} from '@landlord/test-engine'
import { call, DockerBench, spec } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whyNotAdoptable } from './adoptable-container.ts'
import { createDockerProvider } from './docker-provider.ts'
import { fromForeignContainer } from './from-foreign-container.ts'
import { lostByReplacement } from './lost-by-replacement.ts'
import type { Container } from './read-tenant.ts'

const found = await findEngine()

describe.skipIf(found === undefined)(`adopting a container${found === undefined ? `: ${NO_ENGINE}` : ''}`, () => {
  const engine = found as TestEngine
  let bench: DockerBench
  let byHand: Awaited<ReturnType<typeof makeByHand>>
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
    byHand = await makeByHand()
  })
  afterEach(async () => {
    await byHand.remove({ force: true }).catch(() => {})
    await bench.close()
  })

  async function makeByHand() {
    const { command, args } = httpServerConfig()
    const body = {
      Image: TEST_IMAGE,
      Entrypoint: command,
      Cmd: args,
      Env: ['GREETING=by hand', 'PASSWORD=correct-horse'],
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: {
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
        RestartPolicy: { Name: 'unless-stopped' },
      },
    }
    const { docker } = engine
    const { id } = await docker.createContainer({ name: `by-hand-${randomUUID()}`, ...body } as Parameters<
      typeof docker.createContainer
    >[0])
    const container = docker.getContainer(id)
    await container.start()
    return container
  }

  function planOf(providerConfig: JsonObject = {}, resource = byHand.id): Promise<AdoptionPlan> {
    const provider = bench.provider()
    if (provider.planAdoption === undefined) throw new Error('there is no planAdoption')
    return provider.planAdoption({ tenantId: 't', resource, providerConfig }, call({}))
  }

  async function adopted() {
    const { config } = await planOf()
    const tenant = bench.tenant()
    await bench.provider().adopt?.(spec(tenant.id, config), byHand.id, call({}))
    return { tenant, config }
  }

  it('does not touch it: the same process answers, and no label tells its secrets', async () => {
    const before = await byHand.inspect()
    const { tenant, config } = await adopted()
    expect(config).toMatchObject({ image: TEST_IMAGE, env: { GREETING: 'by hand', PASSWORD: 'correct-horse' } })
    const status = await tenant.settled(config)
    expect(status).toMatchObject({ state: 'running', observedConfig: config })
    expect(await answerOf(status)).toBe('by hand')
    const after = await byHand.inspect()
    expect([after.State.Pid, after.State.StartedAt, after.Name]).toEqual([
      before.State.Pid,
      before.State.StartedAt,
      before.Name,
    ])
    const [marker = ''] = await bench.resources()
    expect(marker).toMatch(/^volume .*-adopted$/)
    const volume = await engine.docker.getVolume(marker.replace('volume ', '')).inspect()
    expect(JSON.stringify(volume.Labels)).not.toContain('correct-horse')
    expect(await planOf({ resources: { memory: 64 } }).catch(({ code }) => code)).toBe('conflict')
  })

  it('is listed as what is owned, beside its marker, for it goes with it', async () => {
    const { tenant } = await adopted()
    const { Name, Created } = await byHand.inspect()
    const provider = bench.provider()
    const owned = async () => {
      const found: OwnedResource[] = []
      for await (const resource of provider.listOwned?.(call({})) ?? []) found.push(resource)
      return found
    }
    const createdAt = new Date(Math.floor(Date.parse(Created) / 1000) * 1000).toISOString()
    const expected = { tenantId: tenant.id, kind: 'container', id: byHand.id, name: Name.slice(1), createdAt }
    expect((await owned()).map(({ kind }) => kind).toSorted()).toEqual(['container', 'volume'])
    expect(await owned()).toContainEqual(expected)
    await byHand.kill()
    await tenant.destroy()
    await expect(byHand.inspect()).rejects.toMatchObject({ statusCode: 404 })
    expect(await owned()).toEqual([])
  })

  it('is suspended and resumed as it is, and replaced by one with labels of its own, without the marker', async () => {
    const { tenant, config } = await adopted()
    await tenant.update(config, { suspended: true })
    expect(await tenant.settled(config)).toMatchObject({ state: 'stopped' })
    await tenant.update(config)
    expect(await tenant.settled(config)).toMatchObject({ state: 'running', resourceIds: { container_id: byHand.id } })
    const next = { ...config, env: { GREETING: 'hello' } }
    const { changes } = await tenant.update(next)
    expect(changes.map(({ path }) => path)).toEqual(['/env/GREETING', '/env/PASSWORD'])
    await expect.poll(async () => (await bench.containers(tenant.id)).length, { timeout: 20_000 }).toBe(1)
    await expect
      .poll(async () => answerOf(await tenant.settled(next)).catch(() => ''), { timeout: 20_000 })
      .toBe('hello')
    expect((await bench.resources()).filter((resource) => resource.endsWith('-adopted'))).toEqual([])
    await expect(byHand.inspect()).rejects.toMatchObject({ statusCode: 404 })
  })

  it('outlives its tenant once its marker is taken off', async () => {
    const { tenant, config } = await adopted()
    const [marker = ''] = await bench.resources()
    await engine.docker.getVolume(marker.replace('volume ', '')).remove()
    await bench.provider().destroy(tenant.ref(config), call({}))
    expect((await byHand.inspect()).State.Running).toBe(true)
    expect(await bench.resources()).toEqual([])
  })

  it('stays another tenant’s who adopted it between the look and the writing', async () => {
    const { config } = await planOf()
    const [one, other] = [bench.tenant(), bench.tenant()]
    const adopt = ({ id }: { id: string }, provider: ComputeProvider) =>
      provider.adopt?.(spec(id, config), byHand.id, call({}))
    const sees = afterFirstLook(engine, async () => {
      await adopt(other, bench.provider())
    })
    await expect(adopt(one, bench.provider({ docker: sees }))).rejects.toMatchObject({ code: 'conflict' })
    expect(await other.settled(config)).toMatchObject({ state: 'running', resourceIds: { container_id: byHand.id } })
    expect(await bench.resources()).toEqual([expect.stringMatching(/^volume .*-adopted$/)])
  })

  it('goes on with its own claim when it died on the way, and keeps others off until then', async () => {
    const { config } = await planOf()
    const [one, other] = [bench.tenant(), bench.tenant()]
    const marks = ownershipMarks({ tenantId: one.id, provider: 'docker', installation: bench.installation })
    await engine.docker.createVolume({ Name: `landlord-adopting-${byHand.id}`, Labels: marks })
    const adopt = ({ id }: { id: string }) => bench.provider().adopt?.(spec(id, config), byHand.id, call({}))
    await expect(adopt(other)).rejects.toMatchObject({ code: 'conflict' })
    expect(await adopt(one)).toMatchObject({ status: 'success', resourceIds: { container_id: byHand.id } })
    expect(await bench.resources()).toEqual([expect.stringMatching(/^volume .*-adopted$/)])
  })

  it('is not left half done: the marker of a container that is gone makes way', async () => {
    const { tenant, config } = await adopted()
    await byHand.remove({ force: true })
    byHand = await makeByHand()
    const result = await bench.provider().adopt?.(spec(tenant.id, config), byHand.id, call({}))
    expect(result).toMatchObject({ status: 'success', resourceIds: { container_id: byHand.id } })
  })

  it('shows what a change beside it would do', async () => {
    const { changes, steps, warnings } = await planOf({ restart_policy: 'always', working_dir: '/tmp' })
    expect(changes.map(({ path, effect }) => [path, effect])).toEqual([
      ['/restart_policy', 'in_place'],
      ['/working_dir', 'replace'],
    ])
    expect(steps).toEqual([expect.stringMatching(/^make an empty volume .* of container by-hand-/)])
    expect(warnings[0]).toContain('it is on network bridge')
    expect(await bench.resources()).toEqual([])
  })
})

/** The engine, where somebody else does something once this one has looked for markers and found none. */
function afterFirstLook({ docker }: TestEngine, meanwhile: () => Promise<void>): Pick<WatchedEngine, 'modem'> {
  const modem: WatchedEngine['modem'] = docker.modem
  let looks = 0
  return {
    modem: {
      dial(options, callback) {
        const isFirst = options.method === 'GET' && /\/volumes(\?|$)/.test(options.path) && ++looks === 1
        modem.dial(options, (error, data) => {
          if (!isFirst) callback(error, data)
          else
            meanwhile().then(
              () => callback(error, data),
              (failure: unknown) => callback(failure, undefined),
            )
        })
      },
    },
  }
}

/** That it is HTTP nobody can see from outside. */
async function answerOf({ endpoints: [endpoint] }: ComputeStatus): Promise<string> {
  return (await (await fetch(`http://${endpoint?.host}:${endpoint?.port}`)).text()).trim()
}

const running = {
  Name: '/by-hand',
  State: { Status: 'running' },
  Config: { Image: 'shop:1', Labels: {}, Env: [], WorkingDir: '', User: '' },
  HostConfig: { NetworkMode: 'default' },
  Mounts: [],
}
const containerOf = (over: object) => ({ ...running, ...over }) as unknown as Container
const withHost = (HostConfig: object) => containerOf({ HostConfig })

describe('whyNotAdoptable', () => {
  it.each<[string, Container, RegExp | undefined]>([
    ['a usual one', containerOf({}), undefined],
    ['one with a folder of the host', containerOf({ Mounts: [{ Type: 'bind' }] }), undefined],
    ['one that does not run', containerOf({ State: { Status: 'exited' } }), /is exited/],
    ['one with data', containerOf({ Mounts: [{ Type: 'volume', Name: 'db', Destination: '/data' }] }), /volume db at/],
    ['one that removes itself', withHost({ AutoRemove: true }), /--rm/],
    ['a privileged one', withHost({ Privileged: true }), /privileged/],
    ["one on the host's network", withHost({ NetworkMode: 'host' }), /network of host/],
    ["one on another's network", withHost({ NetworkMode: 'container:abc' }), /network of container:abc/],
    ['one with devices', withHost({ Devices: [{}] }), /devices/],
    ['one with GPUs', withHost({ DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] }), /GPUs/],
    ['one without a name of its image', containerOf({ Config: { Image: 'sha256:abc' } }), /without a name/],
  ])('%s', (_case, container, why) => {
    const told = whyNotAdoptable(container)
    if (why === undefined) expect(told).toBeUndefined()
    else expect(told).toMatch(why)
  })
})

describe('lostByReplacement', () => {
  it.each<[string, Container, string[]]>([
    ['of a usual one', withHost({ ShmSize: 67_108_864, Dns: [], Sysctls: null, Ulimits: null, GroupAdd: null }), []],
    ['its limits', withHost({ Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 1 }] }), ['ulimits']],
    ['its shared memory', withHost({ ShmSize: 1_073_741_824 }), ['size of /dev/shm']],
    ['its name servers', withHost({ Dns: ['10.0.0.2'] }), ['DNS settings']],
    ['its search domains', withHost({ DnsSearch: ['corp'] }), ['DNS settings']],
    ['its sysctls', withHost({ Sysctls: { 'net.core.somaxconn': '1024' } }), ['sysctls']],
    ['its groups', withHost({ GroupAdd: ['docker'] }), ['additional groups']],
    ['its terminal', containerOf({ Config: { ...running.Config, Tty: true } }), ['terminal']],
  ])('tells %s', (_case, container, lost) => {
    expect(lostByReplacement(container)).toEqual(lost)
  })
})

describe('fromForeignContainer', () => {
  it('leaves out what the image brings along, and keeps what only this container has', () => {
    const image = { Env: ['PATH=/bin', 'MODE=a'], Cmd: ['serve'], Entrypoint: ['/app'], WorkingDir: '/srv', User: '' }
    const Config = {
      ...running.Config,
      Env: ['PATH=/bin', 'MODE=b', 'EQUALS=a=b'],
      Cmd: ['serve'],
      Entrypoint: ['/app'],
      WorkingDir: '/srv',
      Labels: { team: 'x' },
      Healthcheck: { Test: ['CMD-SHELL', 'check'], Interval: 5_000_000_000 },
    }
    const HostConfig = {
      NetworkMode: 'bridge',
      PortBindings: { '53/udp': [{ HostIp: '', HostPort: '53' }] },
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
      NanoCpus: 500_000_000,
      Tmpfs: { '/tmp': '' },
    }
    expect(fromForeignContainer(containerOf({ Config, HostConfig }), image)).toEqual({
      image: 'shop:1',
      env: { MODE: 'b', EQUALS: 'a=b' },
      ports: [{ container_port: 53, protocol: 'udp', host_ip: '0.0.0.0', host_port: 53 }],
      volumes: [{ type: 'tmpfs', target: '/tmp' }],
      restart_policy: 'on-failure:2',
      labels: { team: 'x' },
      health_check: {
        command: ['/bin/sh', '-c', 'check'],
        interval_seconds: 5,
        timeout_seconds: 30,
        retries: 3,
        start_period_seconds: 0,
      },
      resources: { cpu: 0.5 },
      cap_drop: [],
      cap_add: [],
      extra_hosts: [],
    })
  })
})
