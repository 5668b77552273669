import type { Event } from '@landlord/api-contract'
import type { EventFeed } from './event-feed.ts'

/** Proxies and load balancers close what is silent for a minute. */
export const HEARTBEAT_MS = 15_000
/** After how long a client comes back when the stream ends. */
const RETRY_MS = 2_000

export interface EventStreamOptions {
  readonly feed: EventFeed
  readonly after: number
  readonly tenantId?: string
  /** Those of some events that the client asked for, and may see. */
  readonly select: (events: readonly Event[]) => Promise<readonly Event[]>
  /** The client has gone, or the server stops. */
  readonly signal: AbortSignal
  /** Something is sent at least so often. */
  readonly heartbeatMs: number
}

/**
 * Events as server-sent events, from the one after `after` on. Nothing is read before the client has taken what was read
 * before.
 */
export async function* eventStream(options: EventStreamOptions): AsyncGenerator<string> {
  const { feed, after, tenantId, select, signal, heartbeatMs } = options
  const reader = feed.open()
  try {
    // An id without data: whoever loses the connection before the first event comes back to the same place.
    yield `retry: ${RETRY_MS}\nid: ${after}\n\n`
    let last = after
    let saidAt = performance.now()
    while (!signal.aborted) {
      const timeoutMs = Math.max(0, saidAt + heartbeatMs - performance.now())
      const batch = await reader.next({ after: last, tenantId, timeoutMs, signal })
      last = batch.upTo
      const text = (await select(batch.events)).map(toMessage).join('')
      const isDue = performance.now() - saidAt >= heartbeatMs
      if (text === '' && !isDue) continue
      saidAt = performance.now()
      yield text === '' ? `: still here\nid: ${last}\n\n` : text
    }
  } finally {
    reader.close()
  }
}

// Without a name of its own: browsers hand only unnamed messages to `onmessage`. JSON has no line breaks, so one line holds it.
function toMessage(event: Event): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`
}
