import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createRealClock, type EmulatorClock } from './clock.ts'
import { createControl, type EmulatorControl } from './control.ts'
import { createEmulator } from './emulator.ts'
import { createHttpServer } from './http-server.ts'
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
}

export interface RunningEcsEmulator {
  /** What `AWS_ENDPOINT_URL` must be. */
  readonly url: string
  readonly accountId: string
  readonly region: string
  /** What `POST /_emulator/…` offers, without HTTP. */
  readonly control: EmulatorControl
  close(): Promise<void>
}

const ACCOUNT = { id: '000000000000', region: 'us-east-1' }

/** Starts an emulator on loopback. @throws when the port is taken or the state file cannot be read. */
export async function startEcsEmulator(settings: EcsEmulatorSettings = {}): Promise<RunningEcsEmulator> {
  const { port = 0, stateFile } = settings
  const saved = stateFile === undefined ? undefined : openStateFile(stateFile)
  const clock = clockOf(settings, saved?.savedAt ?? 0)
  const emulator = createEmulator({
    account: ACCOUNT,
    clock,
    world: saved?.world ?? createWorld(),
    onChange: (world) => saved?.save(world, clock.now()),
  })
  const server = createHttpServer(emulator)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    accountId: ACCOUNT.id,
    region: ACCOUNT.region,
    control: createControl(emulator),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      emulator.changed()
    },
  }
}

/** Emulated time goes on from where a saved state was left: under a speed it may be ahead of the real one. */
function clockOf({ clock, speed }: EcsEmulatorSettings, savedAt: number): EmulatorClock {
  if (clock !== undefined && speed !== undefined) throw new TypeError('Give either a clock or a speed, not both.')
  return clock ?? createRealClock({ speed: speed ?? 1, notBefore: savedAt })
}
