import {
  createClient,
  createWorkerClient,
  type LandlordClient,
  type Tenant,
  type WorkerClient,
} from '@landlord/api-contract'
import { type ComputeProvider, ProviderRegistry } from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import type { Logger } from 'pino'
import { type RunningServer, startServer } from '../src/index.ts'
import { keepAnswers, recordAnswers } from './api-coverage/record-answers.ts'
import { type RecordingEngine, startRecordingEngine } from './recording-engine.ts'
import { createTestDatabase, TEST_LIMITS, type TestDatabase } from './test-database.ts'
import { undocumentedEvents } from './undocumented-events.ts'

export const WORKER_TOKEN = 'worker-token-of-the-test'

/** A server on a real database, and an engine that records what it is sent. */
export interface TestServer {
  readonly server: RunningServer
  readonly url: string
  readonly client: LandlordClient
  readonly worker: WorkerClient
  readonly engine: RecordingEngine
  readonly database: TestDatabase
  /** As a worker would: picks the open operation up and succeeds with it. */
  settle(tenant: Pick<Tenant, 'id'>, resourceIds?: Record<string, string>): Promise<void>
  /** As a worker would: fails the open operation for good. */
  fail(tenant: Pick<Tenant, 'id'>, usable?: boolean): Promise<void>
  /** One more server on the same database and engine; close it by its `server`. */
  another(): Promise<TestServer>
  /** Stops the server and starts it on the same database. */
  restart(): Promise<TestServer>
  close(): Promise<void>
}

export interface TestServerOptions {
  /** The real `compute:` block, built as a server builds it. Not together with `providers`. */
  readonly compute?: LandlordSettings['compute']
  readonly providers?: readonly ((installation: string) => ComputeProvider)[]
  readonly settings?: Record<string, unknown>
  readonly logger?: Logger
  readonly now?: () => Date
  /** Default: a new one, dropped at `close`. */
  readonly database?: TestDatabase
  readonly engine?: RecordingEngine
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  recordAnswers()
  const database = options.database ?? (await createTestDatabase())
  const engine = options.engine ?? (await startRecordingEngine())
  const settings = testSettings({
    'database.url': database.url,
    'database.pool_size': TEST_LIMITS.poolSize,
    'workflow.ingress_url': engine.url,
    'workflow.admin_url': engine.url,
    ...options.settings,
    ...(options.compute === undefined ? {} : { compute: options.compute }),
  })
  const providers = options.providers ?? [(installation: string) => createMockProvider({ installation })]
  const server = await startServer(settings, {
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.compute === undefined ? { buildRegistry: registryOf(providers) } : {}),
  }).catch(async (error: unknown) => {
    await engine.close()
    await database.drop()
    throw error
  })
  const worker = createWorkerClient({ baseUrl: server.url, token: WORKER_TOKEN })
  return {
    server,
    url: server.url,
    client: createClient({ baseUrl: server.url }),
    worker,
    engine,
    database,
    settle: (tenant, resourceIds = { service: tenant.id }) => settle(worker, tenant.id, resourceIds),
    fail: (tenant, usable = false) => fail(worker, tenant.id, usable),
    another: () => startTestServer({ ...options, database, engine }),
    async restart() {
      await server.close()
      return await startTestServer({ ...options, database, engine })
    },
    async close() {
      keepAnswers()
      await server.close()
      await engine.close()
      const undocumented = undocumentedEvents(await database.query('select type, data from events'))
      await database.drop()
      if (undocumented.length > 0)
        throw new Error(`events that EVENT_CATALOG does not describe:\n${undocumented.join('\n')}`)
    },
  }
}

function registryOf(providers: NonNullable<TestServerOptions['providers']>) {
  return async (installation: string): Promise<ProviderRegistry> => {
    const registry = new ProviderRegistry()
    for (const create of providers) registry.register(create(installation))
    return registry
  }
}

/** Settings with every default, and a free port. */
export function testSettings(flags: Record<string, unknown>): LandlordSettings {
  return loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    env: {},
    searchPaths: [],
    flags: { 'server.port': 0, 'worker.token': WORKER_TOKEN, ...flags },
  }).values
}

async function openOperation(worker: WorkerClient, id: string) {
  const { body } = await worker.getDesiredState({ params: { id } })
  if (body.operation === undefined) throw new Error(`tenant ${id} has no open operation`)
  return { operation: body.operation, generation: body.generation }
}

async function settle(worker: WorkerClient, id: string, resourceIds: Record<string, string>): Promise<void> {
  const { operation, generation } = await openOperation(worker, id)
  const common = { operation_id: operation.id, generation }
  const params = { id }
  const gone = operation.kind === 'archive' || operation.kind === 'delete'
  const handle = { resource_ids: gone ? {} : resourceIds }
  await worker.reportProgress({ params, body: { ...common, ...handle, outcome: 'in_progress', attempts: 0 } })
  await worker.reportProgress({ params, body: { ...common, outcome: 'succeeded', endpoints: [] } })
}

async function fail(worker: WorkerClient, id: string, usable: boolean): Promise<void> {
  const { operation, generation } = await openOperation(worker, id)
  await worker.reportProgress({
    params: { id },
    body: {
      operation_id: operation.id,
      generation,
      outcome: 'failed',
      error: {
        code: 'provision_failed',
        message: 'the image does not start',
        retryable: false,
        instance_usable: usable,
      },
    },
  })
}
