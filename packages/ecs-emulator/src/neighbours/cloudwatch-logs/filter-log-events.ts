import { createHash } from 'node:crypto'
import { invalidParameter } from '../../ecs-error.ts'
import type { Emulator } from '../../emulator.ts'
import type { LogEventRecord, LogStreamRecord } from '../../log-records.ts'
import { inTime, MOST_EVENTS } from './log-events.ts'
import { type LogInput, limitOf, pageOf, requireGroup, textOf, textsOf } from './log-input.ts'

/** The events of several streams in the order of their time; what `aws logs tail` asks for. */
export function filterLogEvents(input: LogInput, emulator: Emulator): unknown {
  const group = requireGroup(emulator, input)
  const names = textsOf(input, 'logStreamNames')
  const prefix = textOf(input, 'logStreamNamePrefix')
  if (names.length > 0 && prefix !== undefined) {
    throw invalidParameter('Give either logStreamNames or logStreamNamePrefix, not both.')
  }
  const matches = matcherOf(textOf(input, 'filterPattern') ?? '')
  const wanted = Object.values(group.streams).filter(
    ({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix ?? ''),
  )
  const found = wanted
    .flatMap((stream) => stream.events.filter(inTime(input)).map((event) => ({ stream, event })))
    .filter(({ event }) => matches(event.message))
    .sort((left, right) => left.event.timestamp - right.event.timestamp)
  const { page, ...next } = pageOf(found, input, limitOf(input, MOST_EVENTS))
  return { events: page.map(toEvent), searchedLogStreams: [], ...next }
}

/** Terms that all must occur, as they are written; `-` before one that must not (documented). */
function matcherOf(pattern: string): (message: string) => boolean {
  const terms = pattern.match(/-?"[^"]*"|\S+/g) ?? []
  const strange = terms.find((term) => /^[{[?%]/.test(term))
  if (strange !== undefined) {
    throw invalidParameter(`The filter pattern ${strange} is not emulated: only plain, quoted and excluded terms are.`)
  }
  return (message) =>
    terms.every((term) => {
      const text = term.replace(/^-/, '').replace(/^"(.*)"$/, '$1')
      return message.includes(text) !== term.startsWith('-')
    })
}

/** 56 digits, as AWS gives (documented); they name the event whatever else is asked for. */
function toEvent({ stream, event }: { stream: LogStreamRecord; event: LogEventRecord }): unknown {
  const { timestamp, message, ingestedAt, position } = event
  const ofStream = createHash('sha256').update(`${stream.arn} ${stream.createdAt}`).digest().readBigUInt64BE(0)
  const eventId = `3${ofStream.toString().padStart(35, '0')}${String(position).padStart(20, '0')}`
  return { logStreamName: stream.name, timestamp, message, ingestionTime: Math.round(ingestedAt), eventId }
}
