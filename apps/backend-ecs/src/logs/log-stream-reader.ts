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
  /** When it was asked for, as of `performance.now()`. */
  readonly askedAt: number
  /** Where to go on; absent: nothing has been written to the stream yet. */
  readonly forward?: string
  readonly backward?: string
}

/** Pages of log streams. Whoever asks for what somebody else has asked for within the last moment gets the same page. */
export interface LogStreamReader {
  /**
   * From the beginning, or from where a page said to go on. Empty at the end, with the token that was given. A page that was
   * asked for before `notBefore` (as of `performance.now()`) will not do.
   */
  next(stream: string, range: LogRange, token?: string, notBefore?: number): Promise<LogPage>
  /** The last events, at most so many, or those before where a page said. */
  last(stream: string, range: LogRange, limit: number, token?: string): Promise<LogPage>
  /** Counts somebody who follows a stream, until the returned function is called. */
  follow(stream: string): () => void
  /** How long a follower who has caught up waits: longer where so many streams are followed that AWS would refuse calls. */
  pollMs(): number
}

const POLL_MS = 1_000
const SHARED_PART = 0.9
/** Of the 25 that an account has in most Regions (CloudWatch Logs quotas, GetLogEvents). */
const CALLS_PER_SECOND = 20

/** AWS's bound on events of one page. */
export const MOST_EVENTS = 10_000
export function createLogStreamReader({ aws, settings }: Pick<BackendDeps, 'aws' | 'settings'>): LogStreamReader {
  const shared = new Map<string, { readonly askedAt: number; readonly page: Promise<LogPage> }>()

  async function read(stream: string, { from, to }: LogRange, paging: object): Promise<LogPage> {
    const askedAt = performance.now()
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
        askedAt,
        events: answer.events ?? [],
        ...(answer.nextForwardToken === undefined ? {} : { forward: answer.nextForwardToken }),
        ...(answer.nextBackwardToken === undefined ? {} : { backward: answer.nextBackwardToken }),
      }
    } catch (error) {
      // The stream comes with the task's start, the group with the first task.
      if (error instanceof AwsCallError && error.facts.kind === 'not_found') return { askedAt, events: [] }
      throw error
    }
  }

  const followers = new Map<string, number>()
  const pollMs = (): number => Math.max(POLL_MS, (followers.size / CALLS_PER_SECOND) * 1_000)

  return {
    follow(stream) {
      followers.set(stream, (followers.get(stream) ?? 0) + 1)
      return () => {
        const left = (followers.get(stream) ?? 0) - 1
        if (left > 0) followers.set(stream, left)
        else followers.delete(stream)
      }
    },
    pollMs,
    next(stream, range, token, notBefore = 0) {
      const key = JSON.stringify([stream, range, token])
      const known = shared.get(key)
      if (known !== undefined && known.askedAt >= notBefore) return known.page
      const page = read(stream, range, { startFromHead: true, ...(token === undefined ? {} : { nextToken: token }) })
      const entry = { askedAt: performance.now(), page }
      shared.set(key, entry)
      const forget = (): void => {
        if (shared.get(key) === entry) shared.delete(key)
      }
      // Followers that have caught up stand at one place, and ask for what comes next within the same period.
      setTimeout(forget, SHARED_PART * pollMs()).unref()
      page.catch(forget)
      return page
    },
    last: (stream, range, limit, token) =>
      read(stream, range, { startFromHead: false, limit, ...(token === undefined ? {} : { nextToken: token }) }),
  }
}
