import type { routes } from '@landlord/api-contract'
import { matches } from '../events/event-filter.ts'
import { eventStream, HEARTBEAT_MS } from '../events/event-stream.ts'
import { isEventId, readEventFilter, readEventPlace } from '../events/read-event-query.ts'
import { scanEvents } from '../events/scan-events.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { encodeCursor } from '../http/page-cursor.ts'
import type { HandlerInput, Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { newestEvent, onlyVisible } from '../store/event-store.ts'
import { requireKnown } from '../tenants/find-tenant.ts'

type EventRoute = 'listTenantEvents' | 'listEvents'
type Input = Pick<HandlerInput<typeof routes.listEvents>, 'query' | 'headers' | 'context'>

const DEFAULT_LIMIT = 50

/** The audit trail, by pages or live; by id also after a tenant is gone. */
export function eventRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, EventRoute> {
  const { db } = deps.store

  async function answer(input: Input, tenantId?: string) {
    if (input.context.wantsStream) return await stream(input, tenantId)
    return { status: 200, body: await page(input, tenantId) } as const
  }

  async function page({ query, context }: Input, tenantId: string | undefined) {
    const after = readEventPlace(query)
    const { events, next } = await scanEvents(
      db,
      {
        reader: context.actor,
        limit: query.limit ?? DEFAULT_LIMIT,
        order: query.order ?? (query.since === undefined ? 'desc' : 'asc'),
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(after === undefined ? {} : { after }),
      },
      readEventFilter(query),
    )
    return { events: [...events], ...(next === undefined ? {} : { next_cursor: encodeCursor({ id: next }) }) }
  }

  async function stream({ query, headers, context }: Input, tenantId: string | undefined) {
    const filter = readEventFilter(query)
    const newest = await newestEvent(db)
    const after = readLastEventId(headers['last-event-id']) ?? readEventPlace(query) ?? newest
    if (after > newest) throw aheadOfTrail(after, newest)
    deps.streams.admit(context.signal)
    return {
      status: 200,
      stream: eventStream({
        feed: deps.feed,
        after,
        select: (events) =>
          onlyVisible(
            db,
            events.filter((event) => matches(filter, event)),
            context.actor,
          ),
        signal: AbortSignal.any([context.signal, deps.stopping]),
        heartbeatMs: HEARTBEAT_MS,
        ...(tenantId === undefined ? {} : { tenantId }),
      }),
    } as const
  }

  return {
    listTenantEvents: async (input) =>
      await answer(input, await requireKnown(db, input.params.tenant, input.context.actor)),
    listEvents: (input) => answer(input),
  }
}

function readLastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (isEventId(header)) return Number(header)
  const message = `is ${JSON.stringify(header)}, but ids of events are whole numbers; leave it out to begin with what comes now`
  throw new HttpProblem({
    code: 'invalid_request',
    detail: `header last-event-id: ${message}`,
    issues: [{ pointer: 'header last-event-id', message }],
  })
}

// Waiting until the trail gets there would leave out whatever comes before.
function aheadOfTrail(after: number, newest: number): HttpProblem {
  const detail = `event ${after} is none of this trail, which ends at ${newest}: the database was restored, or is another one; read the trail again from an event that is there`
  return new HttpProblem({ code: 'invalid_request', detail })
}
