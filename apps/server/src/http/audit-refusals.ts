import type { FastifyInstance } from 'fastify'
import { createRefusalSampler } from '../access/sample-refusals.ts'
import type { Store } from '../store/open-store.ts'
import { ANONYMOUS } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'

export interface RefusalDeps {
  readonly store: Pick<Store, 'transaction'>
  readonly now: () => Date
}

/** A reason may quote what was sent, e.g. a `Host` header. */
const MAX_REASON_LENGTH = 300

/** Writes calls that were refused into the audit trail: a sample of them, and nothing that was sent. */
export function auditRefusals(app: FastifyInstance, { store, now }: RefusalDeps): void {
  const sampler = createRefusalSampler(now)
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 401 && reply.statusCode !== 403) return payload
    const { record, suppressed } = sampler.take(request.ip)
    if (!record) return payload
    const { principal = ANONYMOUS.principal } = request.principal ?? {}
    const data = {
      method: request.method,
      // By pattern: what else was sent may be anything.
      route: request.routeOptions.url ?? '(unknown)',
      status: reply.statusCode,
      reason: reasonOf(payload),
      ...(suppressed === 0 ? {} : { suppressed }),
    }
    const actor = { ...ANONYMOUS, principal, requestId: request.id, address: request.ip }
    try {
      await store.transaction((tx) => recordEvent(tx, { type: 'access.refused', actor, at: now().toISOString(), data }))
    } catch (error) {
      request.log.error({ err: error }, 'a refused call could not be recorded')
    }
    return payload
  })
}

function reasonOf(payload: unknown): string {
  const { detail } = JSON.parse(String(payload)) as { detail?: unknown }
  return String(detail).slice(0, MAX_REASON_LENGTH)
}
