import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@landlord/compute-core'
import { connectEngine } from '../engine/engine-connection.ts'
import { embeddedEnvironment } from './embedded-profile.ts'
import { type EngineListeners, NODE_NAME } from './engine-listeners.ts'
import { openEngineLog } from './engine-log.ts'
import type { RequestIdentity } from './request-identity.ts'
import { spawnTied, type Tie } from './spawn-tied.ts'

export interface LaunchOptions {
  readonly binary: string
  readonly baseDir: string
  readonly listeners: EngineListeners
  readonly identity: RequestIdentity
  readonly logger: Logger
  readonly tie?: Tie
}

/** One life of the engine. */
export interface EngineProcess {
  readonly pid: number
  /** Resolves when it answers queries; rejects with its last words when it ends before that. */
  readonly ready: Promise<void>
  /** Resolves with how it ended, and what it wrote last. */
  readonly exited: Promise<EngineExit>
  /** Whether the folder that it started in is still there. */
  hasItsFolder(): boolean
  /** SIGTERM, by which it flushes and starts faster the next time; SIGKILL when it takes too long. */
  stop(): Promise<void>
  kill(): void
}

export interface EngineExit {
  readonly how: string
  readonly lastLines: string
}

export const IDENTITY_FILE = 'request-identity.pem'

const READY_POLL_MS = 25
const READY_WITHIN_MS = 60_000
const PROBE_MS = 2000
const TERMINATE_WITHIN_MS = 15_000

/** Starts the engine in `baseDir`, which is made where it is missing. Rejects when it cannot even be started. */
export async function launchEngine(options: LaunchOptions): Promise<EngineProcess> {
  const { binary, baseDir, listeners, identity, logger, tie } = options
  // Whoever can open the sockets is in command. Set on a folder that exists, too: an engine that is just being wiped can make it anew.
  mkdirSync(join(baseDir, NODE_NAME), { recursive: true })
  chmodSync(join(baseDir, NODE_NAME), 0o700)
  const identityFile = join(baseDir, IDENTITY_FILE)
  writeFileSync(identityFile, identity.privateKeyPem, { mode: 0o600 })
  const log = openEngineLog(baseDir, logger)
  const child = spawnTied({
    command: binary,
    args: ['--no-logo', '--base-dir', baseDir],
    env: { ...embeddedEnvironment(listeners, identityFile), TMPDIR: emptyTemporaryFolder(baseDir) },
    ...(tie === undefined ? {} : { tie }),
  })
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({
    how: signal === null ? `with code ${code}` : `by ${signal}`,
    lastLines: log.tail(),
  }))
  exited.catch(() => {})
  await once(child, 'spawn')
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) log.follow(stream)

  const folder = statSync(join(baseDir, NODE_NAME)).ino
  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    pid: child.pid ?? 0,
    ready: waitUntilReady(listeners.adminUrl, exited, isRunning),
    exited,
    hasItsFolder: () => statSync(join(baseDir, NODE_NAME), { throwIfNoEntry: false })?.ino === folder,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), TERMINATE_WITHIN_MS)
      await exited
      clearTimeout(timer)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** The engine leaves a folder behind at every violent death; in the system's own they would add up. */
function emptyTemporaryFolder(baseDir: string): string {
  const folder = join(baseDir, 'tmp')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

async function waitUntilReady(adminUrl: string, exited: Promise<EngineExit>, isRunning: () => boolean): Promise<void> {
  const admin = connectEngine(adminUrl)
  const until = Date.now() + READY_WITHIN_MS
  try {
    while (isRunning()) {
      // Asked afterwards too: on a port that was taken, another engine would answer for one that is dead.
      if ((await answersQueries(admin)) && isRunning()) return
      if (Date.now() > until) throw new Error(`the workflow engine was not ready after ${READY_WITHIN_MS / 1000} s`)
      await sleep(READY_POLL_MS)
    }
  } finally {
    await admin.close()
  }
  const { how, lastLines } = await exited
  throw new Error(`the workflow engine ended ${how} before it was ready; it wrote:\n${lastLines}`)
}

/** `/health` is good before partitions are served; a query is not answered until then. */
async function answersQueries(admin: ReturnType<typeof connectEngine>): Promise<boolean> {
  try {
    const response = await admin.fetch('/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: 'select count(*) as deployments from sys_deployment' }),
      signal: AbortSignal.timeout(PROBE_MS),
    })
    await response.text()
    return response.ok
  } catch {
    return false
  }
}
