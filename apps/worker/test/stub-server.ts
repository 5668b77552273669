import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { DesiredState, OperationKind, OrphanScanReport, PlanAnswer, WorkerReport } from '@landlord/api-contract'
import type { JsonObject } from '@landlord/compute-core'

/** What the stub keeps of a tenant. */
interface StubTenant {
  desired: DesiredState
  status: 'requested' | 'working' | 'ready' | 'failed' | 'gone'
  readonly reports: WorkerReport[]
  /** By operation: how it ended. */
  readonly outcomes: Record<string, 'succeeded' | 'failed' | 'superseded'>
  /** The status that a report is refused with. */
  refuses?: (report: WorkerReport) => number | undefined
}

interface StubPlan {
  readonly request: DesiredState
  answer?: PlanAnswer
}

/** Scans of orphans. */
interface StubScans {
  readonly reports: OrphanScanReport[]
  /** What a report is answered with; undefined is no answer at all. Default: accepted. */
  answer: (report: OrphanScanReport) => { readonly accepted: boolean } | undefined
}

/** The server's half of the worker protocol, in memory, over real HTTP. */
export interface StubServer {
  readonly url: string
  readonly token: string
  readonly tenants: ReadonlyMap<string, StubTenant>
  readonly scans: StubScans
  /** Plans to be made by id, and what came of them. */
  readonly plans: Map<string, StubPlan>
  /** Requests so far. */
  readonly requests: () => number
  /** Open now. */
  readonly connections: () => Promise<number>
  /** Makes a tenant, or a new generation of one, with an open operation. Returns the operation's id. */
  change(tenantId: string, kind: OperationKind, config?: JsonObject, deadlineSeconds?: number): string
  tenant(tenantId: string): StubTenant
  close(): Promise<void>
}

export const STUB_INSTALLATION = 'stub-installation'

export async function startStubServer(port = 0): Promise<StubServer> {
  const tenants = new Map<string, StubTenant>()
  const plans = new Map<string, StubPlan>()
  const token = 'stub-worker-token'
  const scans: StubScans = { reports: [], answer: () => ({ accepted: true }) }
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    void answer({ request, response, tenants, plans, scans, token })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const tenant = (id: string): StubTenant => {
    const found = tenants.get(id)
    if (found === undefined) throw new Error(`the stub has no tenant ${id}`)
    return found
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    tenants,
    scans,
    plans,
    requests: () => requests,
    connections: () => promisify(server.getConnections.bind(server))(),
    tenant,
    change: (id, kind, config, deadlineSeconds = 600) => change(tenants, { id, kind, config, deadlineSeconds }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Change {
  readonly id: string
  readonly kind: OperationKind
  readonly config: JsonObject | undefined
  readonly deadlineSeconds: number
}

function change(tenants: Map<string, StubTenant>, { id, kind, config, deadlineSeconds }: Change): string {
  const before = tenants.get(id)
  const previous = before?.desired.operation
  if (before !== undefined && previous !== undefined) before.outcomes[previous.id] = 'superseded'
  const resolved = config ?? before?.desired.config ?? {}
  const operation = {
    id: randomUUID(),
    kind,
    deadline_at: new Date(Date.now() + deadlineSeconds * 1000).toISOString(),
    attempts: 0,
  }
  const desired: DesiredState = {
    tenant_id: id,
    tenant_name: id,
    provider: 'mock',
    generation: (before?.desired.generation ?? 0) + 1,
    operation,
    config: resolved,
    applied_config: before?.desired.applied_config ?? resolved,
    resource_ids: before?.desired.resource_ids ?? {},
    labels: {},
  }
  tenants.set(id, {
    desired,
    status: before === undefined ? 'requested' : 'working',
    reports: before?.reports ?? [],
    outcomes: before?.outcomes ?? {},
  })
  return operation.id
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly tenants: Map<string, StubTenant>
  readonly plans: Map<string, StubPlan>
  readonly scans: StubScans
  readonly token: string
}

async function answer({ request, response, tenants, plans, scans, token }: Exchange): Promise<void> {
  if (request.headers.authorization !== `Bearer ${token}`) return problem(response, 401, 'unauthorized')
  const [, , , resource, id = '', action] = (request.url ?? '').split('/')
  if (resource === 'installation') return json(response, { installation_id: STUB_INSTALLATION, fingerprint_key: 'k' })
  if (resource === 'plans') return await exchangePlan(plans.get(id), request, response)
  if (resource === 'orphan-scans') {
    const report = JSON.parse(await bodyOf(request)) as OrphanScanReport
    scans.reports.push(report)
    const taken = scans.answer(report)
    return taken === undefined ? void response.destroy() : json(response, taken)
  }
  const tenant = tenants.get(decodeURIComponent(id))
  if (tenant === undefined || tenant.status === 'gone') return problem(response, 404, 'not_found')
  if (action === 'desired') return json(response, tenant.desired)
  const report = JSON.parse(await bodyOf(request)) as WorkerReport
  const refusal = tenant.refuses?.(report)
  if (refusal !== undefined) return problem(response, refusal, 'validation_failed')
  json(response, { accepted: accept(tenant, report) })
}

async function exchangePlan(
  plan: StubPlan | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (plan === undefined) return problem(response, 404, 'not_found')
  if (request.method === 'GET') return json(response, plan.request)
  plan.answer = JSON.parse(await bodyOf(request)) as PlanAnswer
  json(response, { accepted: true })
}

function accept(tenant: StubTenant, report: WorkerReport): boolean {
  const { desired } = tenant
  tenant.reports.push(report)
  if (report.resource_ids !== undefined) {
    desired.resource_ids = report.resource_ids
    desired.applied_config = desired.config
  }
  const { operation } = desired
  if (operation === undefined || operation.id !== report.operation_id) return false
  switch (report.outcome) {
    case 'in_progress':
    case 'backing_off':
      if (desired.paused === true) return false
      operation.attempts = report.attempts
      tenant.status = 'working'
      return true
    default:
      tenant.outcomes[operation.id] = report.outcome
      delete desired.operation
      if (report.outcome === 'failed') tenant.status = 'failed'
      else tenant.status = operation.kind === 'delete' ? 'gone' : 'ready'
      return true
  }
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function problem(response: ServerResponse, status: number, code: string): void {
  json(response, { type: `/problems/${code}`, title: code, status, detail: code, code }, status)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
