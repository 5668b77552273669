import type { Event } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { insertEvent } from '../store/event-store.ts'
import type { Actor } from './actor.ts'

export interface EventFacts {
  readonly type: Event['type']
  /** Absent where it concerns none. */
  readonly tenant?: { readonly id: string; readonly name: string; readonly generation?: number }
  readonly operationId?: string
  readonly actor: Actor
  readonly at: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Writes one line of the audit trail, in the transaction of what it tells. */
export async function recordEvent(db: Kysely<Database>, facts: EventFacts): Promise<void> {
  await insertEvent(db, {
    type: facts.type,
    ...(facts.tenant === undefined ? {} : { tenant_id: facts.tenant.id, tenant_name: facts.tenant.name }),
    principal: facts.actor.principal,
    data: { ...facts.data },
    created_at: facts.at,
    ...(facts.tenant?.generation === undefined ? {} : { generation: facts.tenant.generation }),
    ...(facts.operationId === undefined ? {} : { operation_id: facts.operationId }),
    ...(facts.actor.requestId === undefined ? {} : { request_id: facts.actor.requestId }),
    ...(facts.actor.address === undefined ? {} : { address: facts.actor.address }),
  })
}
