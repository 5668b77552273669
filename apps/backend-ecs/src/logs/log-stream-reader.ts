import { GetLogEventsCommand, type OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'

export interface LogRange {
  /** Milliseconds since the epoch: the first that counts, and the first that does not any more. */
  readonly from?: number
  readonly to?: number
}

interface LogPage {
  readonly events: readonly OutputLogEvent[]
  /** Where to go on; absent: nothing has been written to the stream yet. */
  readonly forward?: string
  readonly backward?: string
}

/** Pages of log streams. Whoever asks for what somebody else has asked for within the last moment gets the same page. */
export interface LogStreamReader {
  /** From the beginning, or from where a page said to go on. Empty at the end, with the token that was given. */
  next(stream: string, range: LogRange, token?: string): Promise<LogPage>
  /** The last events, at most so many, or those before where a page said. */
  last(stream: string, range: LogRange, limit: number, token?: string): Promise<LogPage>
}

/** AWS's bound on events of one page. */
export const MOST_EVENTS = 10_000
/** Followers that have caught up stand at one place, and ask for what comes next within the same second. */
const SHARED_MS = 900

export function createLogStreamReader({ aws, settings }: Pick<BackendDeps, 'aws' | 'settings'>): LogStreamReader {
  const shared = new Map<string, Promise<LogPage>>()

  async function read(stream: string, { from, to }: LogRange, paging: object): Promise<LogPage> {
    try {
      const answer = await aws.logs('read').send(
        new GetLogEventsCommand({
          logGroupName: settings.ecs.log_group,
          logStreamName: stream,
          ...(from === undefined ? {} : { startTime: from }),
          ...(to === undefined ? {} : { endTime: to }),
          ...paging,
        }),
      )
      return {
        events: answer.events ?? [],
        ...(answer.nextForwardToken === undefined ? {} : { forward: answer.nextForwardToken }),
        ...(answer.nextBackwardToken === undefined ? {} : { backward: answer.nextBackwardToken }),
      }
    } catch (error) {
      // The stream comes with the task's start, the group with the first task.
      if (error instanceof AwsCallError && error.facts.kind === 'not_found') return { events: [] }
      throw error
    }
  }

  return {
    next(stream, range, token) {
      const key = JSON.stringify([stream, range, token])
      const known = shared.get(key)
      if (known !== undefined) return known
      const page = read(stream, range, { startFromHead: true, ...(token === undefined ? {} : { nextToken: token }) })
      shared.set(key, page)
      setTimeout(() => shared.delete(key), SHARED_MS).unref()
      page.catch(() => shared.delete(key))
      return page
    },
    last: (stream, range, limit, token) =>
      read(stream, range, { startFromHead: false, limit, ...(token === undefined ? {} : { nextToken: token }) }),
  }
}
