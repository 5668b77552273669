import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRealClock, type EmulatorClock } from './clock.ts'
import { createControl, type EmulatorControl } from './control.ts'
import type { DockerSettings } from './docker/connect-engine.ts'
import { openDockerRuntime } from './docker/open-docker-runtime.ts'
import { createEmulator, type EmulatorParts } from './emulator.ts'
import { createHttpServer } from './http-server.ts'
import { createLoadBalancerProxy } from './load-balancer-proxy.ts'
import { createSessionServer } from './sessions/session-server.ts'
import { openStateFile } from './state-file.ts'
import { createWorld } from './world.ts'

export interface EcsEmulatorSettings {
  /** Default: a free one. */
  readonly port?: number
  /** Default: real time, `speed` times as fast. */
  readonly clock?: EmulatorClock
  /** Emulated seconds in one real second; default 1. Not together with `clock`. */
  readonly speed?: number
  /** Keeps the state across restarts, written after every change and on close. Default: in memory only. */
  readonly stateFile?: string
  /** `docker`: each task is real containers of a local engine; needs a clock that runs. Default `simulated`: no container runs. */
  readonly runtime?: 'simulated' | 'docker'
  /** Where the engine is, for the runtime `docker`; default: `DOCKER_HOST`, then the local socket. */
  readonly docker?: DockerSettings
  /**
   * The emulated ECR serves the images in it at the emulator's own address: a folder for each repository, each an OCI image layout.
   * Default: none.
   */
  readonly imageFolder?: string
}

export interface RunningEcsEmulator {
  /** What `AWS_ENDPOINT_URL` must be. */
  readonly url: string
  readonly accountId: string
  readonly region: string
  /** What `POST /_emulator/…` offers, without HTTP. */
  readonly control: EmulatorControl
  /** Ends everything; a second call does no harm. @throws when the state file cannot be written. */
  close(): Promise<void>
}

const ACCOUNT = { id: '000000000000', region: 'us-east-1' }

/** How often the emulator lets happen what is due, where containers run whether anybody looks or not. */
const STEP_MS = 100

/** Starts an emulator on loopback. @throws when the port is taken, the state file cannot be read or written, or no Docker Engine answers. */
export async function startEcsEmulator(settings: EcsEmulatorSettings = {}): Promise<RunningEcsEmulator> {
  const { port = 0, stateFile } = settings
  const saved = stateFile === undefined ? undefined : openStateFile(stateFile)
  const clock = clockOf(settings, saved?.savedAt ?? 0)
  const emulator = createEmulator({
    account: ACCOUNT,
    clock,
    world: saved?.world ?? createWorld(),
    onChange: (world) => saved?.save(world, clock.now()),
    url: () => urlOf(server),
    imageFolder: settings.imageFolder,
    ...(await runtimeOf(settings)),
  })
  const server = createHttpServer(emulator)
  const sessions = createSessionServer(emulator.tickets)
  server.on('upgrade', sessions.upgrade)
  const release = async (): Promise<void> => {
    await sessions.close()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await emulator.frontEnd.close()
    await emulator.registry.close()
    await emulator.runtime.close?.()
  }
  try {
    await emulator.runtime.resume?.(Object.values(emulator.simulation().world.tasks), saved?.savedAt ?? 0)
    emulator.frontEnd.follow(emulator.simulation().world)
    await listen(server, port)
  } catch (error) {
    // What began it counts. The state is left as it is: an emulator that has the port may have the file, too.
    await release().catch(() => undefined)
    throw error
  }
  const steps = settings.runtime === 'docker' ? setInterval(() => emulator.step(), STEP_MS) : undefined
  const close = async (): Promise<void> => {
    clearInterval(steps)
    await release()
    emulator.changed()
  }
  return {
    url: urlOf(server),
    accountId: ACCOUNT.id,
    region: ACCOUNT.region,
    control: createControl(emulator),
    close,
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
    const message = `Port ${port} of 127.0.0.1 is taken: stop what listens there, or give another port (0 for any free one).`
    throw new Error(message, { cause })
  }
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** Emulated time goes on from where a saved state was left: under a speed it may be ahead of the real one. */
function clockOf({ clock, speed }: EcsEmulatorSettings, savedAt: number): EmulatorClock {
  if (clock !== undefined && speed !== undefined) throw new TypeError('Give either a clock or a speed, not both.')
  return clock ?? createRealClock({ speed: speed ?? 1, notBefore: savedAt })
}

async function runtimeOf({
  runtime = 'simulated',
  clock,
  docker,
  stateFile,
}: EcsEmulatorSettings): Promise<Pick<EmulatorParts, 'createRuntime' | 'createFrontEnd'>> {
  if (runtime === 'simulated') return {}
  if (runtime !== 'docker') throw new TypeError(`runtime must be simulated or docker, not "${String(runtime)}".`)
  if (clock !== undefined && 'advance' in clock) {
    throw new TypeError('The docker runtime needs a clock that runs, for containers do not wait: give a speed instead.')
  }
  return { createRuntime: await openDockerRuntime(docker, stateFile), createFrontEnd: createLoadBalancerProxy }
}
