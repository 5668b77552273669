import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import { type EcsEmulatorSettings, type RunningEcsEmulator, startEcsEmulator } from '@landlord/ecs-emulator'
import { findEngine, removePulled, startTestRegistry, type TestEngine, type TestRegistry } from '@landlord/test-engine'
import Docker from 'dockerode'
import { type Logger, pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { WatchTimings } from '../containers/task-watch.ts'
import { createLogger } from '../create-logger.ts'
import { type BackendSettings, loadBackendSettings, type RunningBackend, startBackend } from '../index.ts'
import { type CliResult, type RunCliOptions, runDockerCli } from './run-docker-cli.ts'

/** Undefined where none answers: then tests with real containers are skipped by name. */
export const engine: TestEngine | undefined = await findEngine()

/** A task's life passes this much faster; containers themselves run at their own pace. */
export const SPEED = 60
/** And so much faster it is looked at. */
const WATCH_TIMINGS: WatchTimings = { fastMs: 200, slowMs: 2_000 }

type PartialEcs = Partial<BackendSettings['ecs']>

export interface TestBackendOptions {
  readonly watchTimings?: Partial<WatchTimings>
  /** Gets every line of the log, from level info on. */
  readonly onLog?: (line: string) => void
  readonly emulator?: EcsEmulatorSettings
  readonly settings?: Partial<Omit<BackendSettings, 'ecs'>>
  /** Also of what there is in the account by then. */
  readonly ecs?: PartialEcs | ((emulator: RunningEcsEmulator) => PartialEcs | Promise<PartialEcs>)
  /** Of a backend that shares the account with this one. */
  readonly beside?: TestBackend
}

export interface TestBackend {
  readonly socketPath: string
  readonly dataDir: string
  readonly emulator: RunningEcsEmulator
  readonly registry: TestRegistry
  /** In the registry: busybox with `PATH` and `GREETING=hello`, command `sh`. */
  readonly image: string
  readonly settings: BackendSettings
  readonly dockerode: Docker
  readonly ecs: ECSClient
  /** Runs the docker command line against the backend. */
  docker(args: readonly string[], options?: RunCliOptions): Promise<CliResult>
  /** Stops the backend and starts it again; with `forget`, without what it knew. */
  restart(options?: { readonly forget?: boolean }): Promise<void>
}

/** A backend with an emulated account of its own; real containers unless the emulator is given another runtime. Ends with the test. */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const { emulator, registry, image } = options.beside ?? (await startAccount(options.emulator))
  useAccount(emulator)
  const ecs = new ECSClient({ endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS })
  onTestFinished(() => ecs.destroy())
  await ecs.send(new CreateClusterCommand({ clusterName: 'sockerless' }))
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const socketPath = join(folder, 'backend.sock')
  const dataDir = join(folder, 'data')
  const own = typeof options.ecs === 'function' ? await options.ecs(emulator) : options.ecs
  const settings = settingsOf(socketPath, dataDir, options.settings, own)
  const start = (): Promise<RunningBackend> =>
    startBackend(settings, {
      logger: loggerOf(options.onLog),
      watchTimings: { ...WATCH_TIMINGS, ...options.watchTimings },
    })
  let backend = await start()
  onTestFinished(() => backend.close())
  return {
    socketPath,
    dataDir,
    emulator,
    registry,
    image,
    settings,
    ecs,
    dockerode: new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' }),
    docker: (args, cli) => runDockerCli(socketPath, args, cli),
    async restart({ forget = false } = {}) {
      await backend.close()
      if (forget) await rm(dataDir, { recursive: true })
      backend = await start()
    },
  }
}

const loggerOf = (write: TestBackendOptions['onLog']): Logger =>
  write === undefined
    ? pino({ level: process.env.BACKEND_LOG ?? 'silent' })
    : createLogger({ level: 'info' } as BackendSettings['log'], { write })

const CREDENTIALS = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

async function startAccount(settings: EcsEmulatorSettings = {}) {
  const registry = await startTestRegistry()
  onTestFinished(() => registry.close())
  const image = await registry.publish('tests/busybox')
  const docker = settings.runtime === 'simulated' || engine === undefined ? {} : { docker: engine.docker }
  onTestFinished(async () => {
    // The engine would keep one under each registry's port.
    if (engine !== undefined) await removePulled(engine.docker, registry.address)
  })
  const emulator = await startEcsEmulator({ runtime: 'docker', speed: SPEED, ...docker, ...settings })
  onTestFinished(() => emulator.close())
  return { emulator, registry, image }
}

/** The backend finds its account as it would find AWS: through the environment. */
function useAccount({ url }: RunningEcsEmulator): void {
  process.env.AWS_ENDPOINT_URL = url
  process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey
}

function settingsOf(
  socketPath: string,
  dataDir: string,
  settings: TestBackendOptions['settings'],
  ecs: PartialEcs | undefined,
): BackendSettings {
  const { values } = loadBackendSettings({
    env: {},
    cwd: dataDir,
    flags: {
      addr: `unix://${socketPath}`,
      'data-dir': dataDir,
      region: 'us-east-1',
      cluster: 'sockerless',
      subnets: 'subnet-abc123',
      'security-groups': 'sg-abc123',
      'execution-role-arn': 'arn:aws:iam::000000000000:role/execution',
      'task-role-arn': 'arn:aws:iam::000000000000:role/task',
    },
  })
  return { ...values, ...settings, ecs: { ...values.ecs, ...ecs } }
}
