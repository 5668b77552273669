import type { Event } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { insertEvent } from '../store/event-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { Actor } from './actor.ts'

export interface EventFacts {
  readonly type: Event['type']
  /** As it is after what the event tells. Absent where the event concerns no tenant. */
  readonly tenant?: Pick<StoredTenant, 'id' | 'name'> & Partial<Pick<StoredTenant, 'generation' | 'labels' | 'status'>>
  readonly operationId?: string
  readonly actor: Actor
  readonly at: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Writes one line of the audit trail, in the transaction of what it tells. Returns its number, for now. */
export async function recordEvent(db: Kysely<Database>, facts: EventFacts): Promise<number> {
  return await insertEvent(db, {
    type: facts.type,
    ...(facts.tenant === undefined ? {} : tenantFacts(facts.tenant)),
    principal: facts.actor.principal,
    data: { ...facts.data },
    created_at: facts.at,
    ...(facts.operationId === undefined ? {} : { operation_id: facts.operationId }),
    ...(facts.actor.requestId === undefined ? {} : { request_id: facts.actor.requestId }),
    ...(facts.actor.address === undefined ? {} : { address: facts.actor.address }),
  })
}

function tenantFacts({ id, name, generation, labels, status }: NonNullable<EventFacts['tenant']>) {
  return {
    tenant_id: id,
    tenant_name: name,
    ...(labels === undefined ? {} : { tenant_labels: { ...labels } }),
    ...(status === undefined ? {} : { tenant_status: status }),
    ...(generation === undefined ? {} : { generation }),
  }
}
