import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findRestateBinary, spawnTied } from '@landlord/worker'
import getPort from 'get-port'
import { vi } from 'vitest'
import { type AppProcess, toAppProcess } from './app-process.ts'

/** Three Restate servers on loopback that keep every entry twice, so that one of them can die. */
export interface RestateCluster {
  /** One of each node: `http://127.0.0.1:…`. */
  readonly ingressUrls: readonly string[]
  readonly adminUrls: readonly string[]
  /** SIGKILL, and a new start on the same data. */
  crash(node: number): Promise<void>
  /** Resolves when every node answers queries. */
  ready(): Promise<void>
  stop(): Promise<void>
}

interface Ports {
  readonly fabric: number
  readonly ingress: number
  readonly admin: number
}

const NODES = 3
const READY_WITHIN_MS = 90_000
const PROBE_MS = 2_000

export async function startRestateCluster(folder: string): Promise<RestateCluster> {
  const ports: Ports[] = []
  for (let node = 0; node < NODES; node += 1) ports.push(await freePorts())
  const start = (node: number) => startNode(join(folder, `restate-${node}`), environmentOf(node, ports))
  const nodes = ports.map((_, node) => start(node))
  const adminUrls = ports.map(({ admin }) => `http://127.0.0.1:${admin}`)
  return {
    ingressUrls: ports.map(({ ingress }) => `http://127.0.0.1:${ingress}`),
    adminUrls,
    async crash(node) {
      await nodes[node]?.kill()
      nodes[node] = start(node)
    },
    async ready() {
      const all = async () => await Promise.all(adminUrls.map(answersQueries))
      await vi.waitFor(all, { timeout: READY_WITHIN_MS, interval: 100 })
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.kill()))
    },
  }
}

async function freePorts(): Promise<Ports> {
  const free = () => getPort({ host: '127.0.0.1' })
  return { fabric: await free(), ingress: await free(), admin: await free() }
}

/** As in docs/many-machines.md, with the smallest memory. */
function environmentOf(node: number, all: readonly Ports[]): Record<string, string> {
  const { fabric, ingress, admin } = all[node] as Ports
  const settings = {
    CLUSTER_NAME: 'landlord',
    // The name is the node's identity: with another one it would be a new node with an empty disk.
    NODE_NAME: `node-${node}`,
    AUTO_PROVISION: String(node === 0),
    DEFAULT_REPLICATION: '2',
    METADATA_CLIENT__ADDRESSES: JSON.stringify(all.map((ports) => `http://127.0.0.1:${ports.fabric}`)),
    LISTEN_MODE: 'tcp',
    BIND_IP: '127.0.0.1',
    ADVERTISED_HOST: '127.0.0.1',
    BIND_PORT: String(fabric),
    INGRESS__BIND_PORT: String(ingress),
    ADMIN__BIND_PORT: String(admin),
    DEFAULT_NUM_PARTITIONS: '4',
    ROCKSDB_TOTAL_MEMORY_SIZE: '256MiB',
    DEFAULT_THREAD_POOL_SIZE: '2',
    ADMIN__DISABLE_WEB_UI: 'true',
    DISABLE_TELEMETRY: 'true',
    LOG_FILTER: 'warn,octocrab=off',
    DEFAULT_RETRY_POLICY__MAX_ATTEMPTS: 'unlimited',
    DEFAULT_RETRY_POLICY__MAX_INTERVAL: '15s',
  }
  return {
    DO_NOT_TRACK: '1',
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`RESTATE_${name}`, value])),
  }
}

function startNode(baseDir: string, env: Record<string, string>): AppProcess {
  mkdirSync(baseDir, { recursive: true })
  const child = spawnTied({ command: findRestateBinary(), args: ['--no-logo', '--base-dir', baseDir], env })
  for (const stream of [child.stdout, child.stderr]) stream?.resume()
  return toAppProcess(child)
}

async function answersQueries(adminUrl: string): Promise<void> {
  const response = await fetch(`${adminUrl}/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: 'select count(*) as deployments from sys_deployment' }),
    signal: AbortSignal.timeout(PROBE_MS),
  })
  await response.text()
  if (!response.ok) throw new Error(`${adminUrl} answers ${response.status}`)
}
