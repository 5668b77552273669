import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { silentLogger } from '@landlord/compute-core'
import { type EmbeddedRestate, startEmbeddedRestate } from '@landlord/worker'
import getPort from 'get-port'
import { vi } from 'vitest'
import { type AppProcess, startApp } from './app-process.ts'
import { takeDownTenants } from './take-down.ts'

export type Part = 'server' | 'worker' | 'engine'

/** Server, worker and workflow engine as processes of their own, each of which can be killed. */
export interface ControlPlane {
  readonly folder: string
  readonly client: LandlordClient
  readonly engineFolder: string
  /** SIGKILL, then a new start. Resolves when the part is dead; it comes back on its own. */
  crash(part: Part): Promise<void>
  /** Stops the part's clock for a while: it is there, and does nothing. */
  freeze(part: Part, milliseconds: number): Promise<void>
  /** Resolves when every part answers. */
  ready(): Promise<void>
  /** Stops everything and checks that each process ended well. */
  close(): Promise<void>
}

export interface ControlPlaneOptions {
  /** The `compute:` block. `{folder}` in it stands for the control plane's folder. */
  readonly compute: object
  /** For server and worker, beside their settings. */
  readonly environment?: Readonly<Record<string, string>>
}

const READY_WITHIN_MS = 60_000

export async function startControlPlane({ compute, environment }: ControlPlaneOptions): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-e2e-'))
  const engineFolder = join(folder, 'restate')
  const engine = await startEmbeddedRestate({ baseDir: engineFolder, logger: silentLogger })
  const settings = { ...(await sharedSettings(folder, engine, compute)), ...environment }
  const apps = new Map<'server' | 'worker', AppProcess>()
  const start = (app: 'server' | 'worker') => apps.set(app, startApp(app, settings, join(folder, `${app}.log`)))
  start('server')
  start('worker')

  const client = createClient({ baseUrl: settings.LANDLORD_WORKER_SERVER_URL ?? '' })
  const ready = () =>
    vi.waitFor(
      async () => {
        const { body } = await client.getReadiness()
        if (body.status !== 'ok') throw new Error(`not ready: ${JSON.stringify(body.checks)}`)
      },
      { timeout: READY_WITHIN_MS, interval: 100 },
    )
  const stop = async (): Promise<void> => {
    const codes = [await apps.get('worker')?.stop(), await apps.get('server')?.stop()]
    await engine.close()
    await rm(folder, { recursive: true, force: true })
    if (codes.some((code) => code !== 0)) throw new Error(`worker and server ended with ${codes.join(' and ')}`)
  }
  await ready().catch(async (error: unknown) => {
    await stop().catch(() => {})
    throw error
  })
  return {
    folder,
    client,
    engineFolder,
    ready,
    async crash(part) {
      if (part === 'engine') return killEngine(engine)
      await apps.get(part)?.kill()
      start(part)
    },
    async freeze(part, milliseconds) {
      const pid = part === 'engine' ? engine.pid : apps.get(part)?.pid
      if (pid === undefined) return
      signal(pid, 'SIGSTOP')
      await delay(milliseconds)
      signal(pid, 'SIGCONT')
    },
    async close() {
      try {
        await takeDownTenants(client)
      } finally {
        await stop()
      }
    },
  }
}

// Its supervisor, in this process, starts it again.
function killEngine(engine: EmbeddedRestate): void {
  if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL')
}

// It may have ended meanwhile.
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function sharedSettings(
  folder: string,
  engine: EmbeddedRestate,
  compute: object,
): Promise<Record<string, string>> {
  const port = await getPort({ host: '127.0.0.1' })
  return {
    LANDLORD_SERVER_PORT: String(port),
    LANDLORD_DATABASE_URL: `sqlite:${join(folder, 'landlord.db')}`,
    LANDLORD_WORKFLOW_INGRESS_URL: engine.ingressUrl,
    LANDLORD_WORKFLOW_ADMIN_URL: engine.adminUrl,
    LANDLORD_WORKFLOW_IDENTITY_KEYS: engine.identityKey,
    LANDLORD_WORKER_SERVER_URL: `http://127.0.0.1:${port}`,
    LANDLORD_WORKER_TOKEN: 'a-token-for-tests-only',
    LANDLORD_COMPUTE: JSON.stringify(compute).replaceAll('{folder}', folder),
    // A lost trigger shows within the test's time, not within a minute.
    LANDLORD_RECONCILE_STALE_AFTER_SECONDS: '15',
    LANDLORD_LOG_LEVEL: 'info',
  }
}
