import { type DesiredState, workerRoutes } from '@landlord/api-contract'
import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import { type Handlers, registerRoutes } from '../http/register-routes.ts'
import { applyScanReport } from '../orphans/apply-scan-report.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { Database } from '../store/database.ts'
import { findOldestConfig, findOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById } from '../store/tenant-store.ts'
import { applyReport } from '../tenants/apply-report.ts'

/** What workers call: with a token of their own, and not part of the public document. */
export function registerWorkerApi(app: FastifyInstance, deps: ServerDeps): void {
  registerRoutes(app, workerRoutes, handlers(deps), { hidden: true })
}

function handlers(deps: ServerDeps): Handlers<typeof workerRoutes> {
  return {
    async getInstallation() {
      return { status: 200, body: { installation_id: deps.store.installationId } }
    },
    async getDesiredState({ params }) {
      const desired = await readDesiredState(deps.store.db, params.id)
      if (desired !== undefined) return { status: 200, body: desired }
      throw new HttpProblem({ code: 'not_found', detail: `there is no tenant ${JSON.stringify(params.id)}` })
    },
    async reportProgress({ params, body }) {
      const applied = await deps.store.transaction((tx) => applyReport(tx, deps, params.id, body))
      const { accepted, changed, started, finished } = applied
      if (changed) deps.signals.notify(params.id)
      if (started !== undefined) deps.metrics?.observeStart(started)
      if (finished !== undefined) deps.metrics?.observeEnd(finished)
      return { status: 200, body: { accepted } }
    },
    async reportOrphanScan({ params, body }) {
      const accepted = await deps.store.transaction((tx) => applyScanReport(tx, deps, params.id, body))
      return { status: 200, body: { accepted } }
    },
  }
}

async function readDesiredState(db: Kysely<Database>, id: string): Promise<DesiredState | undefined> {
  const tenant = await findTenantById(db, id)
  if (tenant === undefined) return undefined
  const operation = tenant.operationId === undefined ? undefined : await findOperation(db, tenant.operationId)
  const isOpen = operation !== undefined && operation.finished_at === null
  return {
    tenant_id: tenant.id,
    tenant_name: tenant.name,
    provider: tenant.provider,
    generation: tenant.generation,
    ...(isOpen
      ? {
          operation: {
            id: operation.id,
            kind: operation.kind as NonNullable<DesiredState['operation']>['kind'],
            deadline_at: operation.deadline_at,
            attempts: operation.attempts,
          },
        }
      : {}),
    config: tenant.desiredConfig,
    applied_config: tenant.appliedConfig ?? (await firstConfig(db, tenant)),
    resource_ids: { ...tenant.resourceIds },
    labels: { ...tenant.labels },
    ...(tenant.suspended ? { suspended: true } : {}),
    ...(tenant.restartToken === undefined ? {} : { restart_token: tenant.restartToken }),
    ...(tenant.pausedAt === undefined ? {} : { paused: true }),
  }
}

/**
 * No handle was ever heard of, but the answer of the first provision may have been lost, and where its resources are (a
 * cluster, a name) only its own configuration tells.
 */
async function firstConfig(db: Kysely<Database>, tenant: StoredTenant): Promise<DesiredState['applied_config']> {
  if (tenant.generation === 1) return tenant.desiredConfig
  const config = await findOldestConfig(db, tenant.id)
  return config === undefined ? tenant.desiredConfig : JSON.parse(config)
}
