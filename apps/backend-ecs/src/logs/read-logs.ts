import { setTimeout as delay } from 'node:timers/promises'
import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import pRetry from 'p-retry'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { type LogRange, type LogStreamReader, MOST_EVENTS } from './log-stream-reader.ts'

export interface LogRequest {
  /** Oldest first; the last one is followed. */
  readonly streams: readonly string[]
  readonly range: LogRange
  /** The last so many lines; absent: all. */
  readonly tail?: number
  /** Goes on until the container has ended. */
  readonly follow: boolean
}

interface Sources {
  readonly reader: LogStreamReader
  /** Aborted when nothing more will be written. */
  readonly ended: AbortSignal
  readonly signal: AbortSignal
}

/** Whoever follows stays, whatever AWS is up to: it goes on where it was. */
const OUTAGE_RETRIES = { retries: Number.POSITIVE_INFINITY, minTimeout: 1_000, maxTimeout: 15_000, factor: 2 }
const FEW_EVENTS = 100
/** After the end CloudWatch may take a moment to show the last lines: two empty pages, so far apart, say that there are no more. */
const SETTLE_MS = 400

/**
 * Lines in the order of the stream, each once: every page is asked for with the token of the one before it, never by time.
 * Ends silently when the signal is aborted.
 */
export async function* readLogs(
  { streams, range, tail, follow }: LogRequest,
  sources: Sources,
): AsyncGenerator<OutputLogEvent> {
  const [last, ...former] = streams.toReversed()
  if (last === undefined) return
  let token: string | undefined
  if (tail === undefined) {
    for (const stream of former.toReversed()) yield* readToEnd(stream, range, sources)
  } else {
    const read = () => readTail([last, ...former], range, tail, sources.reader)
    const found = follow ? await untilAnswered(read, sources.signal) : await read()
    if (found === undefined) return
    yield* found.events
    token = found.forward
    if (!follow) return
  }
  if (!follow) return yield* readToEnd(last, range, sources)
  const release = sources.reader.follow(last)
  try {
    yield* followStream(last, range, token, sources)
  } finally {
    release()
  }
}

async function* readToEnd(
  stream: string,
  range: LogRange,
  { reader, signal }: Sources,
): AsyncGenerator<OutputLogEvent> {
  let token: string | undefined
  while (!signal.aborted) {
    const page = await reader.next(stream, range, token)
    yield* page.events
    // At the end AWS answers with the token that it was given; a page may be empty before that.
    if (page.forward === undefined || page.forward === token) return
    token = page.forward
  }
}

async function* followStream(
  stream: string,
  range: LogRange,
  from: string | undefined,
  { reader, ended, signal }: Sources,
): AsyncGenerator<OutputLogEvent> {
  const wake = AbortSignal.any([signal, ended])
  let token = from
  let endedAt: number | undefined
  const noteEnd = (): void => {
    endedAt ??= performance.now()
  }
  ended.addEventListener('abort', noteEnd, { once: true })
  /** When the first of the empty pages at the end was asked for. */
  let emptySince: number | undefined
  while (!signal.aborted) {
    if (ended.aborted || Date.now() >= (range.to ?? Number.POSITIVE_INFINITY)) noteEnd()
    // Of somebody else's pages only those count that were asked for after the end.
    const notBefore = emptySince === undefined ? endedAt : emptySince + SETTLE_MS
    const page = await untilAnswered(() => reader.next(stream, range, token, notBefore), signal)
    if (page === undefined) return
    yield* page.events
    const isEmpty = page.events.length === 0 && (page.forward === undefined || page.forward === token)
    token = page.forward ?? token
    if (isEmpty && notBefore !== undefined) {
      if (emptySince !== undefined) return
      emptySince = page.askedAt
    } else {
      emptySince = undefined
      // There may be more at once; after a few lines the next are waited for, as long as some may come.
      if (page.events.length > (endedAt === undefined ? FEW_EVENTS : 0)) continue
    }
    if (endedAt === undefined) await pause(reader.pollMs(), wake)
    else await pause(SETTLE_MS, signal)
  }
}

/** Undefined where the signal was aborted meanwhile. */
async function untilAnswered<Answer>(call: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const shouldRetry = ({ error }: { error: Error }): boolean => error instanceof AwsCallError && error.isPassing
    return await pRetry(call, { ...OUTAGE_RETRIES, signal, shouldRetry })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Backwards from the newest until there are enough. */
async function readTail(
  newestFirst: readonly string[],
  range: LogRange,
  count: number,
  reader: LogStreamReader,
): Promise<{ readonly events: OutputLogEvent[]; readonly forward?: string }> {
  const pages: (readonly OutputLogEvent[])[] = []
  let missing = count
  let forward: string | undefined
  for (const stream of newestFirst) {
    let token: string | undefined
    do {
      // One at least: the token that a follower goes on with is on the page.
      const page = await reader.last(stream, range, Math.min(Math.max(missing, 1), MOST_EVENTS), token)
      // Each stream has tokens of its own: the one that is followed is the newest.
      if (stream === newestFirst[0]) forward ??= page.forward
      pages.unshift(missing === 0 ? [] : page.events)
      missing -= missing === 0 ? 0 : page.events.length
      if (page.backward === token) break
      token = page.backward
    } while (missing > 0 && token !== undefined)
    if (missing <= 0) break
  }
  return { events: pages.flat(), ...(forward === undefined ? {} : { forward }) }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
