import {
  CHECK_UP_HANDLER,
  type CheckUp,
  type LiveStatusResult,
  OBSERVE_HANDLER,
  type ObserveRequest,
  ORPHAN_SCAN_HANDLER,
  ORPHAN_SCAN_OBJECT,
  type OrphanScanRequest,
  PLAN_HANDLER,
  type PlanHandlerRequest,
  RECONCILE_HANDLER,
  type ReconcileRequest,
  STATUS_HANDLER,
  TENANT_OBJECT,
  WORKER_SERVICE,
} from '@landlord/api-contract'
import { type Dispatcher, request } from 'undici'
import { type WorkflowEndpoint, workflowEndpoint } from './workflow-endpoint.ts'
import { WorkflowError } from './workflow-error.ts'

/** The part of the workflow engine that the server needs. Every method rejects with a `WorkflowError`. */
export interface WorkflowClient {
  /** Asks the worker to look at a tenant. Resolves once the engine has it in its log; the same key again does nothing. */
  send(tenantId: string, idempotencyKey: string, request: ReconcileRequest): Promise<void>
  /** Asks for a scan of a provider. Resolves once the engine has it in its log; the same key again does nothing. */
  scanOrphans(provider: string, idempotencyKey: string, request: OrphanScanRequest): Promise<void>
  /** Asks a worker to look at a tenant in the background. The same slot again does nothing while it is under way. */
  observe(tenantId: string, request: ObserveRequest): Promise<void>
  /** A live look through the worker. */
  status(tenantId: string): Promise<LiveStatusResult>
  /** Resolves when a worker has answered the plan, to the server. */
  plan(tenantId: string, planId: string): Promise<void>
  /** A worker's look at the target of each of its providers. */
  checkUp(): Promise<CheckUp>
  /** What the engine is, and which work it holds up; undefined without an admin API. */
  readEngine(): Promise<EngineFacts | undefined>
  /** Rejects unless the engine answers. */
  checkEngine(): Promise<void>
  /** Rejects unless a worker is registered; resolves to why nobody can tell, where nobody can. */
  checkWorker(): Promise<string | undefined>
  close(): Promise<void>
}

interface EngineFacts {
  readonly version: string
  /** Tenants whose work was given up until somebody resumes it. */
  readonly paused: readonly string[]
  /** Tenants whose work failed in the worker and is tried again; at most a hundred. */
  readonly failing: readonly { readonly tenantId: string; readonly failure: string }[]
}

export interface WorkflowClientOptions {
  readonly ingressUrl: string
  /** Without it nobody can tell whether a worker is registered. */
  readonly adminUrl?: string
  /** Sends at the same time. Default 16. */
  readonly connections?: number
}

// The engine answers a send from its log within milliseconds; one that takes longer is in trouble and the sweep comes back.
const SEND_TIMEOUT_MS = 5_000
// The provider is asked live behind these.
const STATUS_TIMEOUT_MS = 15_000
const PLAN_TIMEOUT_MS = 25_000
const CHECK_UP_TIMEOUT_MS = 12_000
const CHECK_TIMEOUT_MS = 2_000
const DEFAULT_CONNECTIONS = 16

export function createWorkflowClient(options: WorkflowClientOptions): WorkflowClient {
  const ingress = workflowEndpoint(options.ingressUrl, options.connections ?? DEFAULT_CONNECTIONS)
  const admin = options.adminUrl === undefined ? undefined : workflowEndpoint(options.adminUrl, 2)
  const handlerPath = (tenantId: string, handler: string) =>
    `/${TENANT_OBJECT}/${encodeURIComponent(tenantId)}/${handler}`
  const send = (path: string, idempotencyKey: string, request: object) =>
    call(ingress, `/restate/send${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(request),
      timeoutMs: SEND_TIMEOUT_MS,
    })
  return {
    async send(tenantId, idempotencyKey, request) {
      await send(handlerPath(tenantId, RECONCILE_HANDLER), idempotencyKey, request)
    },
    async observe(tenantId, request) {
      await send(handlerPath(tenantId, OBSERVE_HANDLER), `${tenantId}-look-${request.slot}`, request)
    },
    async scanOrphans(provider, idempotencyKey, request) {
      const path = `/${ORPHAN_SCAN_OBJECT}/${encodeURIComponent(provider)}/${ORPHAN_SCAN_HANDLER}`
      await send(path, idempotencyKey, request)
    },
    async status(tenantId) {
      const text = await call(ingress, handlerPath(tenantId, STATUS_HANDLER), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        timeoutMs: STATUS_TIMEOUT_MS,
      })
      return JSON.parse(text) as LiveStatusResult
    },
    async plan(tenantId, planId) {
      const request: PlanHandlerRequest = { plan_id: planId }
      await call(ingress, handlerPath(tenantId, PLAN_HANDLER), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        timeoutMs: PLAN_TIMEOUT_MS,
        timeoutMessage: `no worker has answered within ${PLAN_TIMEOUT_MS / 1000} s; is one running? GET /ready tells`,
      })
    },
    checkUp: () => checkUp(ingress),
    readEngine: async () => (admin === undefined ? undefined : await readEngine(admin)),
    async checkEngine() {
      await call(ingress, '/restate/health', { method: 'GET', timeoutMs: CHECK_TIMEOUT_MS })
    },
    async checkWorker() {
      if (admin === undefined) return 'unknown: workflow.admin_url is not set'
      await call(admin, `/services/${TENANT_OBJECT}`, { method: 'GET', timeoutMs: CHECK_TIMEOUT_MS })
      return undefined
    },
    async close() {
      await Promise.all([ingress.dispatcher.destroy(), admin?.dispatcher.destroy()])
    },
  }
}

async function checkUp(ingress: WorkflowEndpoint): Promise<CheckUp> {
  const text = await call(ingress, `/${WORKER_SERVICE}/${CHECK_UP_HANDLER}`, {
    method: 'POST',
    timeoutMs: CHECK_UP_TIMEOUT_MS,
    timeoutMessage: `no worker has answered within ${CHECK_UP_TIMEOUT_MS / 1000} s`,
  })
  return JSON.parse(text) as CheckUp
}

/** Steps of tenants that do not get on. Their order is the engine's. */
const HELD_UP = `select target_service_key as tenant, status, last_failure as failure from sys_invocation
  where target_service_name = '${TENANT_OBJECT}' and status in ('paused', 'backing-off') limit 100`

async function readEngine(admin: WorkflowEndpoint): Promise<EngineFacts> {
  const version = await call(admin, '/version', { method: 'GET', timeoutMs: CHECK_TIMEOUT_MS })
  const held = await call(admin, '/query', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ query: HELD_UP }),
    timeoutMs: SEND_TIMEOUT_MS,
  })
  const { rows } = JSON.parse(held) as { rows: { tenant: string; status: string; failure?: string | null }[] }
  return {
    version: (JSON.parse(version) as { version: string }).version,
    paused: rows.filter(({ status }) => status === 'paused').map(({ tenant }) => tenant),
    failing: rows
      .filter(({ status }) => status === 'backing-off')
      .map(({ tenant, failure }) => ({ tenantId: tenant, failure: failure?.slice(0, 200) ?? 'unknown' })),
  }
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly timeoutMs: number
  /** Where it is not the engine that takes its time. */
  readonly timeoutMessage?: string
}

async function call(
  endpoint: WorkflowEndpoint,
  path: string,
  { timeoutMs, timeoutMessage, ...options }: Call,
): Promise<string> {
  let response: Dispatcher.ResponseData
  let text: string
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    response = await request(endpoint.origin + path, { ...options, signal, dispatcher: endpoint.dispatcher })
    text = await response.body.text()
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    if (isLate && timeoutMessage !== undefined) {
      throw new WorkflowError({ reason: 'unreachable', message: timeoutMessage, cause })
    }
    const why = isLate ? `no answer in ${timeoutMs} ms` : reasonOf(cause)
    throw new WorkflowError({
      reason: 'unreachable',
      message: `the workflow engine at ${endpoint.url} does not answer: ${why}`,
      cause,
    })
  }
  if (response.statusCode < 300) return text
  if (response.statusCode === 404) {
    throw new WorkflowError({
      reason: 'not_registered',
      message: `no worker has registered at the workflow engine (${endpoint.url})`,
    })
  }
  throw new WorkflowError({
    reason: 'refused',
    message: `the workflow engine at ${endpoint.url} answered ${response.statusCode}: ${text.slice(0, 300)}`,
  })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || ('code' in cause ? String(cause.code) : cause.name)
}
