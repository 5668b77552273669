import type { Kysely } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database } from '../store/database.ts'
import { knowsTenant } from '../store/event-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, findTenantByName } from '../store/tenant-store.ts'
import type { Principal } from './actor.ts'
import { sees } from './tenant-visibility.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a reference can only be an id; names of that shape are refused. */
export function isTenantId(reference: string): boolean {
  return UUID.test(reference.toLowerCase())
}

/** By id or name; undefined when there is none for the reader. */
export async function findTenant(
  db: Kysely<Database>,
  reference: string,
  reader: Principal,
): Promise<StoredTenant | undefined> {
  const tenant = isTenantId(reference)
    ? await findTenantById(db, reference.toLowerCase())
    : await findTenantByName(db, reference)
  return tenant !== undefined && sees(reader, tenant.labels) ? tenant : undefined
}

/** By id or name. Throws `HttpProblem` when there is none for the reader. */
export async function requireTenant(db: Kysely<Database>, reference: string, reader: Principal): Promise<StoredTenant> {
  const tenant = await findTenant(db, reference, reader)
  if (tenant !== undefined) return tenant
  throw await noSuchTenant(db, reference, reader)
}

export async function noSuchTenant(db: Kysely<Database>, reference: string, reader: Principal): Promise<HttpProblem> {
  // What is out of the reader's sight must read like what was never heard of.
  const deleted = isTenantId(reference) && (await knowsTenant(db, reference.toLowerCase(), reader))
  const detail = deleted
    ? `tenant ${reference} was deleted; GET /v1/tenants/${reference}/events tells when and by whom`
    : `there is no tenant ${JSON.stringify(reference)}; GET /v1/tenants lists them (archived ones with include_deleted=true)`
  return new HttpProblem({ code: 'not_found', detail })
}

/** Id of a tenant by id or name; by id also after it is gone. Throws `HttpProblem` when there never was one for the reader. */
export async function requireKnown(db: Kysely<Database>, reference: string, reader: Principal): Promise<string> {
  const tenant = await findTenant(db, reference, reader)
  if (tenant !== undefined) return tenant.id
  const id = reference.toLowerCase()
  if (isTenantId(reference) && (await knowsTenant(db, id, reader))) return id
  throw await noSuchTenant(db, reference, reader)
}
