import { expect, test } from 'vitest'
import { readMounts } from './read-mounts.ts'
import { readPorts } from './read-ports.ts'
import { refuseUnsupported } from './refuse-unsupported.ts'

test.each([
  [{ Privileged: true }, '--privileged'],
  [{ NetworkMode: 'host' }, '--network host'],
  [{ NetworkMode: 'none' }, '--network none'],
  [{ NetworkMode: 'container:web' }, '--network container:web'],
  [{ Devices: [{ PathOnHost: '/dev/kvm' }] }, '--device'],
  [{ DeviceRequests: [{ Count: -1 }] }, '--gpus'],
  [{ PidMode: 'host' }, '--pid host'],
  [{ IpcMode: 'host' }, 'HostConfig.IpcMode host'],
  [{ IpcMode: 'none' }, 'HostConfig.IpcMode none'],
  [{ MaskedPaths: [], ReadonlyPaths: [] }, '--security-opt systempaths=unconfined'],
  [{ ExtraHosts: ['a:1.2.3.4'] }, '--add-host'],
  [{ Dns: ['1.1.1.1'] }, '--dns'],
  [{ SecurityOpt: ['seccomp=unconfined'] }, '--security-opt'],
  [{ ShmSize: 128 * 1024 * 1024 }, '--shm-size'],
  [{ MemorySwap: -1 }, '--memory-swap'],
  [{ LogConfig: { Type: 'syslog' } }, '--log-driver syslog'],
  [{ Runtime: 'kata' }, 'HostConfig.Runtime kata'],
  [{ SomethingNew: 'x' }, 'HostConfig.SomethingNew x'],
])('%j is refused by name', (HostConfig, name) => {
  expect(() => refuseUnsupported({ Image: 'web', HostConfig })).toThrow(
    expect.objectContaining({ status: 501, message: expect.stringMatching(`^${name} is not supported on ECS: `) }),
  )
})

test.each([
  [{ Hostname: 'web' }, '--hostname'],
  [{ StopSignal: 'SIGINT' }, '--stop-signal SIGINT'],
  [{ MacAddress: '02:42:ac:11:00:02' }, '--mac-address'],
])('%j is refused by name', (body, name) => {
  expect(() => refuseUnsupported({ Image: 'web', ...body })).toThrow(new RegExp(`^${name} is not supported`))
})

test('what the docker command line sends without being asked is taken', () => {
  const HostConfig = {
    Binds: null,
    ContainerIDFile: '/tmp/id',
    LogConfig: { Type: '', Config: {} },
    NetworkMode: 'default',
    PortBindings: {},
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    AutoRemove: false,
    ConsoleSize: [24, 80],
    CapAdd: null,
    CgroupnsMode: '',
    Dns: [],
    IpcMode: '',
    Privileged: false,
    SecurityOpt: null,
    ShmSize: 0,
    Isolation: '',
    MemorySwap: 0,
    MemorySwappiness: -1,
    OomKillDisable: false,
    PidsLimit: 0,
    MaskedPaths: null,
    ReadonlyPaths: null,
  }
  expect(() => refuseUnsupported({ Image: 'web', Hostname: '', HostConfig })).not.toThrow()
})

test.each([
  [{ HostConfig: { Binds: ['/etc:/etc'] } }, 'a bind mount of the host path /etc'],
  [{ HostConfig: { Binds: ['./x:/x'] } }, 'a bind mount of the host path ./x'],
  [
    { HostConfig: { Mounts: [{ Type: 'bind', Source: '/run', Target: '/run' }] } },
    'a bind mount of the host path /run',
  ],
  [{ HostConfig: { Mounts: [{ Type: 'npipe', Target: '/x' }] } }, '--mount type=npipe'],
])('%j is refused: there is no host', (body, name) => {
  expect(() => readMounts({ Image: 'web', ...body })).toThrow(new RegExp(`^${name} is not supported`))
})

test('volumes, anonymous volumes and tmpfs are read in every spelling', () => {
  const HostConfig = {
    Binds: ['data:/data:ro'],
    Mounts: [{ Type: 'volume', Source: 'more', Target: '/more' }],
    Tmpfs: { '/scratch': 'size=1g,noexec' },
  }
  expect(readMounts({ Image: 'web', Volumes: { '/own': {} }, HostConfig })).toEqual([
    { kind: 'anonymous', target: '/own', readOnly: false },
    { kind: 'volume', volume: 'data', target: '/data', readOnly: true },
    { kind: 'volume', volume: 'more', target: '/more', readOnly: false },
    { kind: 'tmpfs', target: '/scratch', sizeMib: 1024, options: ['noexec'] },
  ])
  expect(() => readMounts({ HostConfig: { Binds: ['a:/x', 'b:/x/'] } })).toThrow('Duplicate mount point: /x')
  // As an image's volume, one that `--volume /x` asks for gives way to one with a name.
  expect(readMounts({ Volumes: { '/x': {} }, HostConfig: { Binds: ['a:/x'] } })).toMatchObject([{ volume: 'a' }])
})

const IMAGE = { config: { config: { ExposedPorts: { '9000/udp': {} } } } }

test('a port is published under its own number, or refused', () => {
  const ports = (PortBindings: object, more = {}) => readPorts({ HostConfig: { PortBindings, ...more } }, IMAGE)
  expect(ports({ '80/tcp': [{ HostPort: '80' }], '53/udp': [{ HostPort: '' }] }, { PublishAllPorts: true })).toEqual([
    { port: 80, protocol: 'tcp' },
    { port: 53, protocol: 'udp' },
    { port: 9000, protocol: 'udp' },
  ])
  expect(() => ports({ '80/tcp': [{ HostPort: '8080' }] })).toThrow(
    /^--publish 8080:80\/tcp is not supported on ECS: .*publish 80:80/,
  )
  expect(() => ports({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '80' }] })).toThrow(
    /^--publish 127.0.0.1:80:80\/tcp is not/,
  )
})
