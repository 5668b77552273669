import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, ProviderRegistry, silentLogger } from '@landlord/compute-core'
import { createMockProvider, createMockWorld, type MockWorld } from '@landlord/provider-mock'
import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import {
  connectEngine,
  type EmbeddedRestate,
  type EngineConnection,
  startEmbeddedRestate,
  startWorker,
  type Worker,
} from '../src/index.ts'
import { type StubServer, startStubServer } from './stub-server.ts'

/** A whole Landlord but for its server: engine, worker, mock target, and the stub in the server's place. */
export interface TestSystem {
  readonly folder: string
  readonly engine: EmbeddedRestate
  readonly server: StubServer
  readonly world: MockWorld
  readonly settings: LandlordSettings
  readonly ingress: EngineConnection
  /** Replaced by `restartWorker`. */
  worker: Worker
  trigger(tenantId: string, key?: string): Promise<number>
  close(): Promise<void>
}

export interface TestSystemOptions {
  readonly logger?: Logger
  readonly worker?: Partial<LandlordSettings['worker']>
  readonly reconcile?: Partial<LandlordSettings['reconcile']>
}

/** Where a test keeps its data; removed by `close`. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'landlord-worker-'))
}

export async function startTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const { logger = silentLogger } = options
  const folder = temporaryFolder()
  const server = await startStubServer()
  const engine = await startEmbeddedRestate({ baseDir: join(folder, 'restate'), logger })
  const world = createMockWorld({ file: join(folder, 'world.sqlite') })
  const settings = settingsFor(engine, server, options)
  const worker = await startWorker(settings, { logger, buildRegistry: mockRegistry(world) })
  const ingress = connectEngine(engine.ingressUrl)
  const system: TestSystem = {
    folder,
    engine,
    server,
    world,
    settings,
    ingress,
    worker,
    trigger: (tenantId, key) => trigger(ingress, tenantId, key),
    async close() {
      await system.worker.close()
      await ingress.close()
      await engine.close()
      await server.close()
      world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return system
}

export function mockRegistry(world: MockWorld): (installation: string) => Promise<ProviderRegistry> {
  return async (installation) => new ProviderRegistry().register(createMockProvider({ installation, world }))
}

export function settingsFor(
  engine: Pick<EmbeddedRestate, 'ingressUrl' | 'adminUrl' | 'identityKey'>,
  server: Pick<StubServer, 'url' | 'token'>,
  options: TestSystemOptions = {},
): LandlordSettings {
  const { values } = loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    env: {},
    searchPaths: [],
    flags: {
      workflow: {
        ingress_url: engine.ingressUrl,
        admin_url: engine.adminUrl,
        identity_keys: [engine.identityKey],
      },
      worker: { server_url: server.url, token: server.token, shutdown_grace_seconds: 1, ...options.worker },
      reconcile: { ...options.reconcile },
    },
  })
  return values
}

/** What the server does after a commit. Returns the status of the answer. */
async function trigger(ingress: EngineConnection, tenantId: string, key?: string): Promise<number> {
  const response = await ingress.fetch(`/restate/send/Tenant/${encodeURIComponent(tenantId)}/reconcile`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: '{}',
  })
  await response.text()
  return response.status
}
