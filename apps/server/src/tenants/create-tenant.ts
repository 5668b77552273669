import { isDeepStrictEqual } from 'node:util'
import type { CreateTenantRequest } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database } from '../store/database.ts'
import { StaleTenantError } from '../store/retry-work.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantByName, insertTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { describeCreation } from './describe-creation.ts'
import { dueWith } from './expiry-due.ts'
import { isTenantId } from './find-tenant.ts'
import { recordEvent } from './record-event.ts'
import { type DesiredState, readDesired, resolveConfig, secretsByName } from './resolve-desired.ts'
import { insertNewOperation } from './start-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'
import { readOptions } from './tenant-options.ts'
import { requireVisible, sees } from './tenant-visibility.ts'

/** Accepts a new tenant; the same one again changes nothing. Throws `HttpProblem` when the name stands for another one. */
export async function createTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  body: CreateTenantRequest,
  actor: Actor,
): Promise<Accepted> {
  const now = deps.now()
  const existing = await findTenantByName(tx, body.name)
  const accepted = intendCreation(deps, body, { existing, actor, now })
  if (existing !== undefined) return { tenant: accepted, outcome: 'done' }

  // Somebody else took the name since it was looked up: look again.
  if (!(await insertTenant(tx, accepted))) throw new StaleTenantError(accepted.id)
  await insertNewOperation(tx, deps, accepted, { kind: 'provision', actor, now })
  await recordEvent(tx, {
    type: 'tenant.created',
    tenant: accepted,
    ...(accepted.operationId === undefined ? {} : { operationId: accepted.operationId }),
    actor,
    at: accepted.createdAt,
    data: { kind: 'provision', ...describeCreation(deps.registry, accepted) },
  })
  return { tenant: accepted, outcome: 'created' }
}

/**
 * The tenant that creating would make, or `existing` when just that is asked for once more. Pure but for the id. Throws
 * `HttpProblem` when the name stands for another one, and the provider's validation errors.
 */
export function intendCreation(
  { registry }: Pick<TenantDeps, 'registry'>,
  body: CreateTenantRequest,
  { existing, actor, now }: { existing: StoredTenant | undefined; actor: Actor; now: Date },
): StoredTenant {
  if (isTenantId(body.name)) throw looksLikeId(body.name)
  // Nothing of a tenant that is not there for the actor may show in what is said about the request.
  const known = existing !== undefined && sees(actor, existing.labels) ? existing : undefined
  const options = readOptions(body, now, known?.options)
  const desired = readDesired(registry, { ...body, options }, known)
  requireVisible(actor, desired.labels)
  if (existing !== undefined) return repeated(existing, desired, actor)
  const tenant = newTenant(body.name, desired, now.toISOString())
  return { ...tenant, desiredConfig: resolveConfig(registry, tenant.id, desired) }
}

/** A tenant of which nothing is known yet but what it should be. */
export function newTenant(name: string, desired: DesiredState, at: string): StoredTenant {
  return {
    id: uuidv7(),
    name,
    status: 'requested',
    provider: desired.provider,
    computeConfig: desired.computeConfig,
    desiredConfig: {},
    secrets: desired.secrets,
    resourceIds: {},
    endpoints: [],
    labels: desired.labels,
    annotations: desired.annotations,
    version: 1,
    generation: 1,
    observedGeneration: 0,
    live: false,
    operationId: uuidv7(),
    workflowSubState: 'waiting',
    workflowRetryCount: 0,
    createdAt: at,
    updatedAt: at,
    suspended: false,
    ...dueWith(desired.options),
  }
}

function repeated(existing: StoredTenant, desired: DesiredState, actor: Actor): StoredTenant {
  // That the name is taken cannot be hidden; by what, can.
  if (!sees(actor, existing.labels)) {
    const detail = `the name ${existing.name} is taken; choose another`
    throw new HttpProblem({ code: 'conflict', detail })
  }
  if (existing.status === 'deleting') {
    throw new HttpProblem({
      code: 'conflict',
      detail: `tenant ${existing.name} is being deleted; create it again once it is gone`,
      tenantId: existing.id,
    })
  }
  if (isSameDesired(existing, desired)) return existing
  throw new HttpProblem({
    code: 'conflict',
    detail: `there is a tenant ${existing.name} already (${existing.id}), with another desired state; PUT or PATCH it to change it, or choose another name`,
    tenantId: existing.id,
  })
}

/** Whether a tenant is asked for as it already is. */
export function isSameDesired(existing: StoredTenant, desired: DesiredState): boolean {
  const { provider, computeConfig, secrets, labels, annotations, options } = existing
  return isDeepStrictEqual(
    { provider, computeConfig, secrets: secretsByName(secrets), labels, annotations, options },
    {
      provider: desired.provider,
      computeConfig: desired.computeConfig,
      secrets: secretsByName(desired.secrets),
      labels: { ...desired.labels },
      annotations: { ...desired.annotations },
      options: desired.options,
    },
  )
}

function looksLikeId(name: string): HttpProblem {
  const message = 'must not look like an id, since names and ids serve alike in paths'
  return new HttpProblem({
    code: 'invalid_request',
    detail: `/name: ${JSON.stringify(name)} ${message}`,
    issues: [{ pointer: '/name', message }],
  })
}
