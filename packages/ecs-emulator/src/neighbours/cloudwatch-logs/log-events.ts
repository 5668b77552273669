import { invalidParameter } from '../../ecs-error.ts'
import type { Emulator } from '../../emulator.ts'
import { appendLogEvents, type LogEventRecord } from '../../log-records.ts'
import {
  type LogInput,
  limitOf,
  numberOf,
  objectsOf,
  requiredText,
  requireGroup,
  requireStream,
  textOf,
} from './log-input.ts'

/** Documented: the most events of one answer. */
export const MOST_EVENTS = 10_000

export function putLogEvents(input: LogInput, emulator: Emulator): unknown {
  const stream = requireStream(requireGroup(emulator, input), input)
  const events = objectsOf(input, 'logEvents').map((event) => ({
    timestamp: numberOf(event, 'timestamp') ?? 0,
    message: requiredText(event, 'message'),
  }))
  if (events.length < 1 || events.length > MOST_EVENTS) {
    throw invalidParameter(`logEvents must have 1 to ${MOST_EVENTS} events, not ${events.length}.`)
  }
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
  }
  appendLogEvents(stream, events, emulator.clock.now())
  return { nextSequenceToken: String(stream.received) }
}

/** `startTime` counts, `endTime` does not (documented for GetLogEvents); without them everything does. */
export function inTime(input: LogInput): ({ timestamp }: LogEventRecord) => boolean {
  const start = numberOf(input, 'startTime') ?? Number.NEGATIVE_INFINITY
  const end = numberOf(input, 'endTime') ?? Number.POSITIVE_INFINITY
  return ({ timestamp }) => timestamp >= start && timestamp < end
}

/** Tokens hold a position: `f/7` goes on with event 7, `b/7` with what lies before it. At an end the token comes back (documented). */
export function getLogEvents(input: LogInput, emulator: Emulator): unknown {
  const stream = requireStream(requireGroup(emulator, input), input)
  const limit = limitOf(input, MOST_EVENTS)
  const token = textOf(input, 'nextToken')
  const [, direction, at] = token === undefined ? [] : (/^([fb])\/(\d+)$/.exec(token) ?? [])
  if (token !== undefined && at === undefined) throw invalidParameter('The specified nextToken is invalid.')
  const position = Number(at ?? 0)
  const isForward = direction === undefined ? input.startFromHead === true : direction === 'f'
  const matching = stream.events
    .filter(inTime(input))
    .filter((event) => direction === undefined || event.position >= position === (direction === 'f'))
  const events = isForward ? matching.slice(0, limit) : matching.slice(-limit)
  const [first, last] = [events[0], events.at(-1)]
  const none = direction === undefined ? stream.received : position
  return {
    events: events.map(({ timestamp, message, ingestedAt }) => ({
      timestamp,
      message,
      ingestionTime: Math.round(ingestedAt),
    })),
    nextForwardToken: `f/${last === undefined ? none : last.position + 1}`,
    nextBackwardToken: `b/${first?.position ?? none}`,
  }
}
