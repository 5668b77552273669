import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { silentLogger } from '@landlord/compute-core'
import { type RunningServer, startServer } from '@landlord/server'
import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import { startEmbeddedRestate, startWorker, type Worker } from '@landlord/worker'
import getPort from 'get-port'

/** Server, worker and a real workflow engine, in the process of the test; the mock's world outlives each of them. */
export interface System {
  readonly folder: string
  readonly databaseFile: string
  readonly settings: LandlordSettings
  readonly client: LandlordClient
  /** Replaced by `startServer`. */
  server: RunningServer
  worker: Worker
  /** Again, on whatever the database is now. */
  startServer(): Promise<void>
  close(): Promise<void>
}

export async function startSystem(more: Record<string, unknown> = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-system-'))
  const engine = await startEmbeddedRestate({ baseDir: join(folder, 'restate'), logger: silentLogger })
  const databaseFile = join(folder, 'landlord.db')
  const port = await getPort({ host: '127.0.0.1' })
  const url = `http://127.0.0.1:${port}`
  const settings = loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    env: {},
    searchPaths: [],
    flags: {
      'server.port': port,
      'database.url': `sqlite:${databaseFile}`,
      'workflow.ingress_url': engine.ingressUrl,
      'workflow.admin_url': engine.adminUrl,
      'workflow.identity_keys': [engine.identityKey],
      'worker.server_url': url,
      'worker.token': 'a-token-for-tests-only',
      compute: { mock: { world_file: join(folder, 'world.db') } },
      ...more,
    },
  }).values
  const system: System = {
    folder,
    databaseFile,
    settings,
    client: createClient({ baseUrl: url }),
    server: await startServer(settings),
    worker: await startWorker(settings),
    async startServer() {
      system.server = await startServer(settings)
    },
    async close() {
      await system.worker.close()
      await system.server.close()
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return system
}
