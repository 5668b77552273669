import type { DesiredState } from '@landlord/api-contract'
import type { Tracer } from '@landlord/tracing'
import type { Kysely } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import type { Store } from '../store/open-store.ts'
import { findOldestConfig, findOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById } from '../store/tenant-store.ts'

/** What a worker is told at the start of a step; undefined when there is no such tenant. */
export async function readDesiredState(
  { store: { db }, tracer }: { readonly store: Pick<Store, 'db'>; readonly tracer: Tracer },
  id: string,
): Promise<DesiredState | undefined> {
  const tenant = await findTenantById(db, id)
  if (tenant === undefined) return undefined
  const operation = tenant.operationId === undefined ? undefined : await findOperation(db, tenant.operationId)
  const desired = await toDesiredState(db, tenant)
  if (operation === undefined || operation.finished_at !== null) return desired
  return {
    ...desired,
    operation: {
      id: operation.id,
      kind: operation.kind as NonNullable<DesiredState['operation']>['kind'],
      deadline_at: operation.deadline_at,
      attempts: operation.attempts,
      ...(operation.started_at === null ? {} : { started: true }),
      ...traceOf(tracer, operation),
    },
  }
}

function traceOf(tracer: Tracer, { id, trace_parent }: OperationRow): { trace_parent?: string } {
  const parent = tracer.operationParent({ id, traceParent: trace_parent ?? undefined })
  return parent === undefined ? {} : { trace_parent: parent }
}

/**
 * A tenant in a worker's terms, without an operation. `known` is the tenant as it is stored, where `tenant` is not: it tells
 * where the resources are.
 */
export async function toDesiredState(
  db: Kysely<Database>,
  tenant: StoredTenant,
  known: StoredTenant = tenant,
): Promise<DesiredState> {
  return {
    tenant_id: tenant.id,
    tenant_name: tenant.name,
    provider: tenant.provider,
    generation: tenant.generation,
    version: tenant.version,
    config: tenant.desiredConfig,
    applied_config: known.appliedConfig ?? (await firstConfig(db, known)),
    resource_ids: { ...tenant.resourceIds },
    ...(tenant.adopts === undefined ? {} : { adopts: tenant.adopts }),
    labels: { ...tenant.labels },
    ...(tenant.secrets.length === 0 ? {} : { secrets: [...tenant.secrets] }),
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
