import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { createDatabase, startTestPostgres, type TestPostgres } from '@landlord/test-postgres'
import getPort from 'get-port'
import { vi } from 'vitest'
import { type AppProcess, startApp } from './app-process.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { type RestateCluster, startRestateCluster } from './restate-cluster.ts'

/** Three servers, two workers, a PostgreSQL and a Restate of three nodes, each a process that can be killed. */
export interface Cluster {
  readonly folder: string
  readonly serverUrls: readonly string[]
  readonly clients: readonly LandlordClient[]
  /** SIGKILL (PostgreSQL: an immediate shutdown), and a new start. */
  crash(part: 'server' | 'worker' | 'node' | 'postgres', index?: number): Promise<void>
  /** Resolves when every server and every worker says that all is well. */
  ready(): Promise<void>
  /** Stops everything and checks that servers and workers ended well. */
  close(): Promise<void>
}

type Settings = Readonly<Record<string, string>>
type App = 'server' | 'worker'

const SERVERS = 3
const WORKERS = 2
const READY_WITHIN_MS = 90_000
/** Longer than a server takes to start. */
const POSTGRES_AWAY_MS = 3_000

/** Undefined where there is no PostgreSQL. */
export async function startCluster(): Promise<Cluster | undefined> {
  const postgres = await startTestPostgres()
  if (postgres === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'landlord-cluster-'))
  const restate = await startRestateCluster(folder)
  await restate.ready()
  const serverPorts = await freePorts(SERVERS)
  const workerPorts = await freePorts(WORKERS)
  const balancer = await startBalancer(serverPorts)
  const shared = { ...sharedSettings(folder), LANDLORD_DATABASE_URL: await createDatabase(postgres.url) }
  const settings = {
    server: serverPorts.map((port, index) => serverSettings(shared, restate, { port, index })),
    worker: workerPorts.map((port, index) => workerSettings(shared, restate, { port, index, serverUrl: balancer.url })),
  }
  const start = (app: App, index: number) =>
    startApp(app, settings[app][index] ?? {}, join(folder, `${app}-${index}.log`))
  const apps = {
    server: serverPorts.map((_, n) => start('server', n)),
    worker: workerPorts.map((_, n) => start('worker', n)),
  }
  const serverUrls = serverPorts.map((port) => `http://127.0.0.1:${port}`)
  return {
    folder,
    serverUrls,
    clients: serverUrls.map((baseUrl) => createClient({ baseUrl })),
    async crash(part, index = 0) {
      if (part === 'postgres') return await postgres.crash(POSTGRES_AWAY_MS)
      if (part === 'node') return await restate.crash(index)
      await apps[part][index]?.kill()
      apps[part][index] = start(part, index)
    },
    async ready() {
      await restate.ready()
      const probes = [
        ...serverUrls.map((url) => `${url}/ready`),
        ...workerPorts.map((port) => `http://127.0.0.1:${port}/health`),
      ]
      await vi.waitFor(() => Promise.all(probes.map(isWell)), { timeout: READY_WITHIN_MS, interval: 200 })
    },
    close: () => closeAll({ apps, balancer, restate, postgres, folder }),
  }
}

async function closeAll(parts: {
  readonly apps: Readonly<Record<App, readonly AppProcess[]>>
  readonly balancer: Balancer
  readonly restate: RestateCluster
  readonly postgres: TestPostgres
  readonly folder: string
}): Promise<void> {
  const { apps, balancer, restate, postgres, folder } = parts
  const codes = await Promise.all(apps.worker.map((app) => app.stop()))
  codes.push(...(await Promise.all(apps.server.map((app) => app.stop()))))
  await balancer.close()
  await restate.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
  if (codes.some((code) => code !== 0)) throw new Error(`workers and servers ended with ${codes.join(', ')}`)
}

function sharedSettings(folder: string): Settings {
  return {
    LANDLORD_WORKER_TOKEN: 'a-token-for-tests-only',
    LANDLORD_COMPUTE: JSON.stringify({ mock: { world_file: join(folder, 'world.db') } }),
    LANDLORD_DATABASE_POOL_SIZE: '5',
    // A lost trigger shows within the test's time, not within a minute.
    LANDLORD_RECONCILE_STALE_AFTER_SECONDS: '15',
    LANDLORD_LOG_LEVEL: 'info',
  }
}

interface Place {
  readonly port: number
  readonly index: number
}

// Each has a node of its own: when that dies, the sweep of another server sends what it could not.
function serverSettings(shared: Settings, restate: RestateCluster, { port, index }: Place): Settings {
  return {
    ...shared,
    LANDLORD_SERVER_PORT: String(port),
    LANDLORD_WORKFLOW_INGRESS_URL: restate.ingressUrls[index] ?? '',
    LANDLORD_WORKFLOW_ADMIN_URL: restate.adminUrls[index] ?? '',
  }
}

function workerSettings(
  shared: Settings,
  restate: RestateCluster,
  { port, index, serverUrl }: Place & { readonly serverUrl: string },
): Settings {
  return {
    ...shared,
    LANDLORD_WORKER_PORT: String(port),
    LANDLORD_WORKER_SERVER_URL: serverUrl,
    LANDLORD_WORKFLOW_ADMIN_URL: restate.adminUrls[index] ?? '',
  }
}

async function freePorts(count: number): Promise<number[]> {
  return await Promise.all(Array.from({ length: count }, () => getPort({ host: '127.0.0.1' })))
}

async function isWell(url: string): Promise<void> {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok || text.includes('"registered":false')) throw new Error(`${url}: ${response.status} ${text}`)
}
