import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidConfigError } from '@landlord/compute-core'
import { findEngine, NO_ENGINE } from '@landlord/test-engine'
import { DockerBench, shell, spec } from '@landlord/test-engine/docker-bench'
import { describe, expect, it } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'

const engine = await findEngine()

/** The pointers of what is wrong. */
function refused(config: unknown, settings = {}): string[] {
  const provider = createDockerProvider({ installation: 'i', settings, environment: {} })
  try {
    provider.validateConfig(config)
    return []
  } catch (error) {
    if (InvalidConfigError.isInstance(error)) return error.issues.map(({ path }) => path)
    throw error
  }
}

const bind = (source: string) => ({ image: 'x', volumes: [{ type: 'bind', source, target: '/m' }] })

describe('validateConfig', () => {
  it.each([
    ['another place of the engine’s API', { image: 'x/../../containers/json?all=1' }, '/image'],
    ['privileged', { image: 'x', privileged: true }, '/privileged'],
    ['the host’s network', { image: 'x', network_mode: 'host' }, '/network_mode'],
    ['another container’s network', { image: 'x', network_mode: 'container:other' }, '/network_mode'],
    ['a capability', { image: 'x', cap_add: ['SYS_ADMIN'] }, '/cap_add/0'],
    ['all capabilities', { image: 'x', cap_add: ['ALL'] }, '/cap_add/0'],
    ['the gateway', { image: 'x', extra_hosts: ['host:host-gateway'] }, '/extra_hosts/0'],
    ['a reserved label', { image: 'x', labels: { 'Landlord.owner': 'me' } }, '/labels/Landlord.owner'],
    ['an operator’s key', { image: 'x', allowed_bind_mounts: ['/'] }, '/allowed_bind_mounts'],
    [
      'a port twice',
      {
        image: 'x',
        ports: [
          { container_port: 1, host_port: 5 },
          { container_port: 2, host_port: 5 },
        ],
      },
      '/ports/1',
    ],
    [
      'a mount twice',
      {
        image: 'x',
        volumes: [
          { source: 'a', target: '/m' },
          { source: 'b', target: '/m' },
        ],
      },
      '/volumes/1/target',
    ],
    [
      'a path as a volume’s name',
      { image: 'x', volumes: [{ source: '../../etc', target: '/m' }] },
      '/volumes/0/source',
    ],
    ['ports without a network', { image: 'x', network_mode: 'none', ports: [{ container_port: 1 }] }, '/ports'],
    ['a health check that is nothing', { image: 'x', health_check: {} }, '/health_check'],
    [
      'a mount twice in other words',
      { image: 'x', volumes: ['/d', '//d/./'].map((target) => ({ source: 'a', target })) },
      '/volumes/1/target',
    ],
    ['a mount over everything', { image: 'x', volumes: [{ source: 'a', target: '/.' }] }, '/volumes/0/target'],
    [
      'a port on one interface and on all',
      {
        image: 'x',
        ports: ['127.0.0.1', '0.0.0.0'].map((host_ip) => ({ container_port: 1, host_port: 5, host_ip })),
      },
      '/ports/1',
    ],
    ['a stop that outlasts every call', { image: 'x', stop_timeout_seconds: 301 }, '/stop_timeout_seconds'],
    ['a host that has no address', { image: 'x', extra_hosts: ['db:10.0.0.999'] }, '/extra_hosts/0'],
  ])('refuses %s', (_, config, path) => {
    expect(refused(config)).toEqual([path])
  })

  // The engine reads each as "every interface".
  it.each(['127.0.0.300', '127.0.0.01', ':', '::::', '1.2.3.4.5'])(
    'refuses to publish on %s, no address',
    (host_ip) => {
      expect(refused({ image: 'x', ports: [{ container_port: 1, host_ip }] })).toEqual(['/ports/0/host_ip'])
    },
  )

  it.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1'])('publishes on %s', (host_ip) => {
    expect(refused({ image: 'x', ports: [{ container_port: 1, host_ip }], extra_hosts: [`db:${host_ip}`] })).toEqual([])
  })

  it.each([
    ['/env/TOKEN', { env: { TOKEN: 'hunter2\0' } }],
    ['/command/1', { command: ['sh', 'hunter2\0'] }],
    ['/args/0', { args: ['hunter2\0'] }],
    ['/health_check/command/0', { health_check: { command: ['hunter2\0'] } }],
  ])('refuses a NUL byte at %s and does not repeat the value', (path, config) => {
    const provider = createDockerProvider({ installation: 'i', environment: {} })
    const failure = (() => {
      try {
        return provider.validateConfig({ image: 'x', ...config })
      } catch (error) {
        return error
      }
    })()
    expect(refused({ image: 'x', ...config })).toEqual([path])
    expect(JSON.stringify([failure, String(failure)])).not.toContain('hunter2')
  })

  it('mounts folders of the host only where the operator allows it', () => {
    const settings = { allowed_bind_mounts: ['/srv/data/'] }
    for (const source of ['/srv/data', '/srv/data/a', '/srv//data/./a/', '/srv/x/../data']) {
      expect([source, refused(bind(source), settings)]).toEqual([source, []])
    }
    for (const source of ['/srv', '/srv/database', '/srv/data/../etc', '/etc', 'srv/data', '/']) {
      expect([source, refused(bind(source), settings)]).toEqual([source, ['/volumes/0/source']])
    }
    expect(refused(bind('/srv/data'))).toEqual(['/volumes/0/source'])
  })

  it('never mounts the engine’s socket or a folder above it, whatever the operator allows', () => {
    const settings = { allowed_bind_mounts: ['/'] }
    for (const source of [
      '/var/run/docker.sock',
      '/run/docker.sock',
      '/run/',
      '/var/run',
      '/var',
      '/',
      '/tmp/../run/docker.sock',
    ]) {
      expect([source, refused(bind(source), settings)]).toEqual([source, ['/volumes/0/source']])
    }
    expect(refused(bind('/srv'), settings)).toEqual([])
  })

  it('follows links where the engine is on this machine', async ({ skip }) => {
    if (engine === undefined) return skip(NO_ENGINE)
    const folder = mkdtempSync(join(tmpdir(), 'bind-mount-'))
    const bench = await DockerBench.open(engine, createDockerProvider)
    try {
      symlinkSync('/etc', join(folder, 'out'))
      symlinkSync('/var/run', join(folder, 'socket'))
      const tenant = bench.tenant(bench.provider({ settings: { allowed_bind_mounts: [folder] } }))
      for (const name of ['out', 'socket']) {
        const volumes = [{ type: 'bind', source: join(folder, name), target: '/m' }]
        await expect(tenant.provision(shell('sleep 1000', { volumes }))).rejects.toMatchObject({
          code: 'invalid_config',
        })
      }
      const volumes = [{ type: 'bind', source: folder, target: '/m' }]
      await tenant.provision(shell('sleep 1000', { volumes }))
      expect(await tenant.settled()).toMatchObject({ state: 'running' })
    } finally {
      await bench.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('takes what the spec’s one container says over the configuration', () => {
    const provider = createDockerProvider({ installation: 'i', environment: {} })
    const container = {
      name: 'app',
      image: 'app:1',
      command: ['run'],
      ports: [{ containerPort: 80 }],
      resources: { cpuMillicores: 500 },
    }
    expect(() => provider.validate(spec('t', {}, { containers: [container] }))).not.toThrow()
    expect(() => provider.validate(spec('t', {}))).toThrow(/\/image/)
  })

  it('reports every wrong setting of the operator, and keeps tenants’ defaults apart', () => {
    expect(() =>
      createDockerProvider({ installation: 'i', settings: { networkname: 'x', network_isolation: 'none' } }),
    ).toThrow(/networkname.*did you mean "network_name".*network_isolation/s)
    expect(() => createDockerProvider({ installation: 'i', settings: { network_name: 'host' } })).toThrow(
      /network_name/,
    )
    expect(() => createDockerProvider({ installation: 'i', settings: { subnet_pool: '10.0.0.1/8' } })).toThrow(
      /subnet_pool/,
    )
    expect(() => createDockerProvider({ installation: '' })).toThrow(TypeError)
    const settings = {
      host: '',
      network_name: 'bridge',
      network_driver: 'bridge',
      label_prefix: 'landlord',
      image: 'nginx:latest',
    }
    expect(createDockerProvider({ installation: 'i', settings }).configDefaults).toEqual({ image: 'nginx:latest' })
  })
})
