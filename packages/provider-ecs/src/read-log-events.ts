import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { AwsCalls } from './aws-calls.ts'
import type { EcsCall, LogEvent, LogStreamRef } from './ecs-api.ts'
import type { ServiceTarget } from './service-target.ts'

/** documented: a page holds at most 10,000 events or 1 MB. */
const MAX_EVENTS_PER_PAGE = 10_000

interface Page {
  readonly events: readonly LogEvent[]
  readonly forward?: string
  readonly backward?: string
}

/** Oldest first. None where there is no such group or stream: the container has not written yet. */
export async function* readLogEvents(
  calls: AwsCalls,
  target: ServiceTarget,
  stream: LogStreamRef,
  call: EcsCall,
): AsyncIterable<LogEvent> {
  const read = await createPageRead(calls, target, stream, call)
  if (stream.tail === undefined) yield* forward(read)
  else yield* await lastEvents(read, stream.tail)
}

type PageRead = (page: { token?: string; fromHead: boolean; limit: number }) => Promise<Page>

async function* forward(read: PageRead): AsyncIterable<LogEvent> {
  let token: string | undefined
  for (;;) {
    const page = await read({ fromHead: true, limit: MAX_EVENTS_PER_PAGE, ...(token === undefined ? {} : { token }) })
    yield* page.events
    // documented: at the end of the stream the token that was sent comes back; pages before it may be empty.
    if (page.forward === undefined || page.forward === token) return
    token = page.forward
  }
}

async function lastEvents(read: PageRead, tail: number): Promise<readonly LogEvent[]> {
  let events: readonly LogEvent[] = []
  let token: string | undefined
  while (events.length < tail) {
    const limit = Math.min(tail - events.length, MAX_EVENTS_PER_PAGE)
    const page = await read({ fromHead: false, limit, ...(token === undefined ? {} : { token }) })
    events = [...page.events, ...events]
    if (page.backward === undefined || page.backward === token) break
    token = page.backward
  }
  return events.slice(Math.max(0, events.length - tail))
}

/** Loads its part of the SDK at the first question. */
async function createPageRead(
  calls: AwsCalls,
  target: ServiceTarget,
  { group, stream, region, since }: LogStreamRef,
  call: EcsCall,
): Promise<PageRead> {
  const { CloudWatchLogsClient, GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
  return ({ token, fromHead, limit }) =>
    calls.run<CloudWatchLogsClient, Page>({
      ...{ Client: CloudWatchLogsClient, access: 'read', bucket: 'logs_read', scope: { ...target, region }, call },
      operation: 'GetLogEvents',
      permission: 'logs:GetLogEvents',
      subject: `log stream ${stream} of group ${group}`,
      send: async (client, http) => {
        const input = {
          ...{ logGroupName: group, logStreamName: stream, startFromHead: fromHead, limit },
          // documented: `startTime` is inclusive; only later lines are asked for.
          ...(since === undefined ? {} : { startTime: since + 1 }),
          ...(token === undefined ? {} : { nextToken: token }),
        }
        const {
          events = [],
          nextForwardToken,
          nextBackwardToken,
        } = await client.send(new GetLogEventsCommand(input), http)
        return {
          events: events.map(({ timestamp = 0, message = '' }) => ({ timestamp, message })),
          ...(nextForwardToken === undefined ? {} : { forward: nextForwardToken }),
          ...(nextBackwardToken === undefined ? {} : { backward: nextBackwardToken }),
        }
      },
      expected: ({ name }) => (name === 'ResourceNotFoundException' ? { events: [] } : undefined),
    })
}
