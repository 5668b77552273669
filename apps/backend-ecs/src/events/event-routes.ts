import type { FastifyInstance } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { untilClosed } from '../http/client-streams.ts'
import { fitsFilters, hasLabel, readFilters } from '../http/read-filters.ts'
import type { Query } from '../http/read-query.ts'
import { readMicroseconds, readTime } from '../logs/read-log-query.ts'
import type { DockerEvent } from './event-log.ts'

type Filters = ReadonlyMap<string, readonly string[]>

interface EventDeps extends Pick<BackendDeps, 'events' | 'stopping' | 'now'> {
  readonly containers: Pick<ContainerOperations, 'follow'>
}

const MOST_UNREAD_BYTES = 16 * 1024 * 1024
/** Node's own bound, 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** `docker events`: what was since then, and what comes, until then or until the client leaves. */
export function registerEventRoutes(app: FastifyInstance, { events, stopping, now, containers }: EventDeps): void {
  app.get<{ Querystring: Query }>('/events', async ({ query }, reply) => {
    const filters = readFilters(query.filters, Object.keys(TESTS))
    const [since, until] = [readMicroseconds('since', query.since), readTime('until', query.until)]
    const { signal, release } = untilClosed(reply.raw, stopping)
    reply.hijack()
    reply.raw.writeHead(200, { 'Content-Type': 'application/json' })
    reply.raw.flushHeaders()
    const send = (event: DockerEvent): void => {
      if (!matches(event, filters)) return
      const { ID: id, Attributes } = event.Actor
      reply.raw.write(`${JSON.stringify({ ...event, id, status: event.Action, from: Attributes.image })}\n`)
      // A client that does not read holds nobody up, and can go on with `since`.
      if (reply.raw.writableLength > MOST_UNREAD_BYTES) reply.raw.destroy()
    }
    // Subscribed first: what happens between reading and that would be lost.
    let last = 0
    const slowDown = containers.follow()
    const unsubscribe = events.subscribe((event) => {
      if (event.timeNano > last) send(event)
    })
    if (since !== undefined) {
      for (const event of events.read({ since, until: until ?? now().getTime() })) {
        send(event)
        last = event.timeNano
      }
    }
    await untilTime(until, now, signal)
    unsubscribe()
    slowDown()
    release()
    reply.raw.end()
  })
}

function untilTime(until: number | undefined, now: () => Date, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer =
      until === undefined
        ? undefined
        : setTimeout(resolve, Math.min(Math.max(0, until - now().getTime()), LONGEST_TIMER_MS))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
    if (signal.aborted) resolve()
  })
}

/** One of a key's values must fit, and all keys must. */
const matches = (event: DockerEvent, filters: Filters): boolean =>
  fitsFilters(filters, (key, value) => TESTS[key]?.(event, value) === true)

const isActor = (type: DockerEvent['Type'], { Type, Actor }: DockerEvent, value: string): boolean =>
  Type === type && (Actor.ID.startsWith(value) || Actor.Attributes.name === value)

const TESTS: Readonly<Record<string, (event: DockerEvent, value: string) => boolean>> = {
  type: ({ Type }, value) => Type === value,
  // `exec_start` means `exec_start: ls`, too.
  event: ({ Action }, value) => Action === value || Action.startsWith(`${value}: `),
  container: (event, value) => isActor('container', event, value),
  image: (event, value) => isActor('image', event, value) || event.Actor.Attributes.image === value,
  network: (event, value) => isActor('network', event, value),
  volume: (event, value) => isActor('volume', event, value),
  label: ({ Actor }, value) => hasLabel(Actor.Attributes, value),
  scope: ({ scope }, value) => scope === value,
  daemon: () => true,
}
