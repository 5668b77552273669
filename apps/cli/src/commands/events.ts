import { setTimeout as sleep } from 'node:timers/promises'
import type { Event, EventList, PageQuery } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { addTenantFlags, namedTenants, oneTenant, parseCount, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

interface EventsOptions extends TenantFlags {
  readonly limit?: number
  readonly follow?: boolean
}

const LOOK_INTERVAL_MS = 1000
const LARGEST_PAGE = 500

export function addEventsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('events')
    .summary('the audit trail')
    .description('Show who did what and what came of it, newest last: of one tenant, or of all.')
    .argument('[tenant]', 'name or id; the id also after the tenant is gone')
  addTenantFlags(command)
    .option('--limit <count>', 'the last so many (default 50)', parseCount)
    .option('-f, --follow', 'go on with new ones as they come')
    .action(async (argument: string | undefined, options: EventsOptions, self: Command) => {
      const session = await openSession(context, self)
      const isOfOne = namedTenants(argument === undefined ? [] : [argument], options).length > 0
      const read = reader(session, isOfOne ? oneTenant(argument, options) : undefined)
      const page = await read({ order: 'desc', ...(options.limit === undefined ? {} : { limit: options.limit }) })
      const events = page.events.toReversed()
      if (options.follow === true) return follow(session, read, events)
      await print(session, { ...page, events })
    })
}

type Read = (query: PageQuery, signal?: AbortSignal) => Promise<EventList>

function reader({ client }: Session, tenant: string | undefined): Read {
  return async (query, signal) => {
    const input = { query, ...(signal === undefined ? {} : { signal }) }
    if (tenant === undefined) return (await client.listEvents(input)).body
    return (await client.listTenantEvents({ params: { tenant }, ...input })).body
  }
}

async function print({ output, terminal }: Session, list: EventList): Promise<void> {
  const { renderEventTable } = await import('../render/event-table.ts')
  const text = () => (list.events.length === 0 ? 'No events' : renderEventTable(list.events, terminal.colors))
  await printResult({ data: list, names: list.events.map(({ id }) => id), text }, output, terminal)
}

/** Until Ctrl-C. With `-o json`, one event per line. A server that is away for a while is waited for. */
async function follow(session: Session, read: Read, first: readonly Event[]): Promise<void> {
  const { context, output, terminal } = session
  const [{ renderEventLine }, { createOutage }] = await Promise.all([
    import('../render/event-table.ts'),
    import('../wait/outage.ts'),
  ])
  const interruption = new AbortController()
  const { signal } = interruption
  const stopListening = context.onInterrupt(() => interruption.abort())
  const outage = createOutage((message) => terminal.note(`the server does not answer; still trying; ${message}`))
  const show = (event: Event) =>
    terminal.print(output === 'table' ? renderEventLine(event, terminal.colors) : JSON.stringify(event))
  try {
    for (const event of first) show(event)
    let last = BigInt(first.at(-1)?.id ?? 0)
    while (!signal.aborted) {
      await sleep(LOOK_INTERVAL_MS, undefined, { signal })
      const fresh = await outage.bridge(() => readSince(read, last, signal), signal)
      for (const event of fresh ?? []) show(event)
      last = BigInt(fresh?.at(-1)?.id ?? last)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    stopListening()
  }
}

/** What came after the event `last`, oldest first, from as many pages as that takes. */
async function readSince(read: Read, last: bigint, signal: AbortSignal): Promise<readonly Event[]> {
  const fresh: Event[] = []
  let cursor: string | undefined
  do {
    const query = { order: 'desc', limit: LARGEST_PAGE, ...(cursor === undefined ? {} : { cursor }) } as const
    const { events, next_cursor: next } = await read(query, signal)
    const newer = events.filter(({ id }) => BigInt(id) > last)
    fresh.push(...newer)
    cursor = newer.length === events.length ? next : undefined
  } while (cursor !== undefined)
  return fresh.toReversed()
}
