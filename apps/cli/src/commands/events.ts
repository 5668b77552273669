import type { Event, EventList, EventsQuery } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { followStream } from '../follow-stream.ts'
import { collect } from '../input/parse-pairs.ts'
import { addTenantFlags, namedTenants, oneTenant, parseCount, type TenantFlags } from '../input/tenant-arguments.ts'
import { printResult } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

interface EventsOptions extends TenantFlags {
  readonly limit?: number
  readonly follow?: boolean
  readonly type?: readonly string[]
  readonly selector?: string
}

const DEFAULT_LIMIT = 50

export function addEventsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('events')
    .summary('the audit trail')
    .description('Show who did what and what came of it, newest last: of one tenant, or of all.')
    .argument('[tenant]', 'name or id; the id also after the tenant is gone')
  addTenantFlags(command)
    .option('--limit <count>', `the last so many (default ${DEFAULT_LIMIT})`, parseCount)
    .option('--type <type>', 'of this type, or tenant.*; may be repeated', collect)
    .option('-l, --selector <selector>', 'of tenants with these labels then, e.g. tier=pro')
    .option('-f, --follow', 'go on with new ones as they come')
    .action(async (argument: string | undefined, options: EventsOptions, self: Command) => {
      const session = await openSession(context, self)
      const isOfOne = namedTenants(argument === undefined ? [] : [argument], options).length > 0
      const asked = { tenant: isOfOne ? oneTenant(argument, options) : undefined, filter: filterOf(options) }
      const list = await readLast(session, asked, options.limit ?? DEFAULT_LIMIT)
      if (options.follow === true) return follow(session, asked, list.events)
      await print(session, list)
    })
}

interface Asked {
  readonly tenant: string | undefined
  readonly filter: Pick<EventsQuery, 'types' | 'label_selector'>
}

function filterOf({ type, selector }: EventsOptions): Asked['filter'] {
  return {
    ...(type === undefined ? {} : { types: type.join(',') }),
    ...(selector === undefined ? {} : { label_selector: selector }),
  }
}

/** Oldest first, from as many pages as that takes: with a filter a page may be short. */
async function readLast({ client }: Session, { tenant, filter }: Asked, limit: number): Promise<EventList> {
  const found: Event[] = []
  let cursor: string | undefined
  do {
    const query = { ...filter, limit: limit - found.length, ...(cursor === undefined ? {} : { cursor }) }
    const { body } =
      tenant === undefined
        ? await client.listEvents({ query })
        : await client.listTenantEvents({ params: { tenant }, query })
    found.push(...body.events)
    cursor = body.next_cursor
  } while (cursor !== undefined && found.length < limit && Object.keys(filter).length > 0)
  return { events: found.toReversed(), ...(cursor === undefined ? {} : { next_cursor: cursor }) }
}

async function print({ output, terminal }: Session, list: EventList): Promise<void> {
  const { renderEventTable } = await import('../render/event-table.ts')
  const text = () => (list.events.length === 0 ? 'No events' : renderEventTable(list.events, terminal.colors))
  await printResult({ data: list, names: list.events.map(({ id }) => id), text }, output, terminal)
}

/** Until Ctrl-C. With `-o json`, one event per line. */
async function follow(session: Session, { tenant, filter }: Asked, first: readonly Event[]): Promise<void> {
  const { output, terminal, streams } = session
  const { renderEventLine } = await import('../render/event-table.ts')
  const show = (event: Event) =>
    terminal.print(output === 'table' ? renderEventLine(event, terminal.colors) : JSON.stringify(event))
  for (const event of first) show(event)
  await followStream<Event>(session, {
    startAfter: first.at(-1)?.id ?? '0',
    show,
    open: (input) =>
      tenant === undefined
        ? streams.listEvents({ ...input, query: filter })
        : streams.listTenantEvents({ ...input, params: { tenant }, query: filter }),
  })
}
