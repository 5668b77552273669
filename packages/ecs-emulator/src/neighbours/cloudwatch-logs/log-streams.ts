import { invalidParameter } from '../../ecs-error.ts'
import type { Emulator } from '../../emulator.ts'
import { type LogStreamRecord, openLogStream } from '../../log-records.ts'
import {
  alreadyThere,
  type LogInput,
  limitOf,
  pageOf,
  requiredText,
  requireGroup,
  requireStream,
  textOf,
} from './log-input.ts'

const NAME = /^[^:*]{1,512}$/

export function createLogStream(input: LogInput, emulator: Emulator): void {
  const group = requireGroup(emulator, input)
  const name = requiredText(input, 'logStreamName')
  if (!NAME.test(name)) throw invalidParameter(`logStreamName must be 1 to 512 characters without : and *: "${name}".`)
  if (Object.hasOwn(group.streams, name)) throw alreadyThere('The specified log stream already exists')
  openLogStream(group, name, emulator.clock.now())
}

export function deleteLogStream(input: LogInput, emulator: Emulator): void {
  const group = requireGroup(emulator, input)
  delete group.streams[requireStream(group, input).name]
}

export function describeLogStreams(input: LogInput, emulator: Emulator): unknown {
  const prefix = textOf(input, 'logStreamNamePrefix') ?? ''
  const byTime = textOf(input, 'orderBy') === 'LastEventTime'
  if (byTime && prefix !== '') throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
  const order = (left: LogStreamRecord, right: LogStreamRecord): number =>
    byTime ? lastTime(left) - lastTime(right) : left.name < right.name ? -1 : 1
  const ascending = Object.values(requireGroup(emulator, input).streams)
    .filter(({ name }) => name.startsWith(prefix))
    .sort(order)
  const sorted = input.descending === true ? ascending.toReversed() : ascending
  const { page, ...next } = pageOf(sorted, input, limitOf(input, 50))
  return { logStreams: page.map(toLogStream), ...next }
}

const lastTime = ({ events, createdAt }: LogStreamRecord): number => events.at(-1)?.timestamp ?? createdAt

function toLogStream({ name, arn, createdAt, events, received }: LogStreamRecord): unknown {
  const [first, last] = [events[0], events.at(-1)]
  return {
    logStreamName: name,
    creationTime: Math.round(createdAt),
    ...(first === undefined || last === undefined
      ? {}
      : {
          firstEventTimestamp: first.timestamp,
          lastEventTimestamp: last.timestamp,
          lastIngestionTime: Math.round(last.ingestedAt),
        }),
    uploadSequenceToken: String(received),
    arn,
    storedBytes: 0,
  }
}
