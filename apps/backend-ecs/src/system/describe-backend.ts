import type { BackendDeps } from '../backend-deps.ts'
import { BACKEND_VERSION } from '../backend-version.ts'
import { API_VERSION, MIN_API_VERSION } from '../http/api-version.ts'

/** The body of `GET /version`. */
export function describeVersion({ settings }: Pick<BackendDeps, 'settings'>) {
  const architecture = architectureOf(settings.ecs.cpu_architecture)
  return {
    Platform: { Name: 'Landlord backend-ecs (Amazon ECS, Fargate)' },
    Components: [
      {
        Name: 'backend-ecs',
        Version: BACKEND_VERSION,
        Details: { ApiVersion: API_VERSION, MinAPIVersion: MIN_API_VERSION, Os: 'linux', Arch: architecture },
      },
    ],
    Version: BACKEND_VERSION,
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: architecture,
    KernelVersion: 'Fargate',
    BuildTime: '',
  }
}

/** The body of `GET /info`: the cluster is the engine, and this machine is no part of it. */
export function describeInfo({ settings, store, instance }: Pick<BackendDeps, 'settings' | 'store' | 'instance'>) {
  const { ecs } = settings
  const containers = store.containers.list()
  const running = containers.filter(({ state }) => state.status === 'running').length
  return {
    ID: instance,
    Name: ecs.cluster.split('/').at(-1),
    ServerVersion: BACKEND_VERSION,
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: containers.length - running,
    Images: new Set(store.images.list().map(({ id }) => id)).size,
    Driver: 'fargate',
    DriverStatus: [
      ['Region', ecs.region],
      ['Cluster', ecs.cluster],
      ['Log group', ecs.log_group],
    ],
    Plugins: {
      Volume: ecs.efs_filesystem_id === undefined ? [] : ['local'],
      Network: ['bridge'],
      Authorization: null,
      Log: ['awslogs'],
    },
    MemoryLimit: true,
    SwapLimit: false,
    CpuCfsPeriod: false,
    CpuCfsQuota: false,
    CPUShares: false,
    CPUSet: false,
    PidsLimit: false,
    IPv4Forwarding: true,
    OomKillDisable: false,
    Debug: false,
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: 0,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'awslogs',
    CgroupDriver: 'none',
    OperatingSystem: 'AWS Fargate',
    OSType: 'linux',
    OSVersion: '',
    Architecture: ecs.cpu_architecture === 'ARM64' ? 'aarch64' : 'x86_64',
    KernelVersion: 'Fargate',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { InsecureRegistryCIDRs: ['127.0.0.0/8'], IndexConfigs: {}, Mirrors: [] },
    // Fargate has no bound that a client could reach; this is the largest size of one task.
    NCPU: 16,
    MemTotal: 120 * 1024 ** 3,
    DockerRootDir: '/',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Labels: [],
    ExperimentalBuild: false,
    LiveRestoreEnabled: true,
    SecurityOptions: [],
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    Warnings: null,
  }
}

const architectureOf = (setting: 'X86_64' | 'ARM64'): string => (setting === 'ARM64' ? 'arm64' : 'amd64')
