import type { Account } from './simulation.ts'
import type { World } from './world.ts'

export interface LogEventRecord {
  /** Position in its stream, from 0, which never changes. */
  readonly position: number
  readonly timestamp: number
  readonly ingestedAt: number
  readonly message: string
}

export interface LogStreamRecord {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  /** The newest, in the order in which they came. */
  events: LogEventRecord[]
  /** How many came in all. */
  received: number
}

export interface LogGroupRecord {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  retentionInDays?: number
  tags: Record<string, string>
  streams: Record<string, LogStreamRecord>
}

/** Invented: AWS keeps everything; here the oldest events of a stream make room. */
const LARGEST_STREAM = 10_000

export const findLogGroup = ({ logGroups }: World, name: string): LogGroupRecord | undefined =>
  Object.hasOwn(logGroups, name) ? logGroups[name] : undefined

export function createLogGroup(world: World, { region, id }: Account, name: string, now: number): LogGroupRecord {
  const arn = `arn:aws:logs:${region}:${id}:log-group:${name}`
  const group: LogGroupRecord = { name, arn, createdAt: now, tags: {}, streams: {} }
  world.logGroups[name] = group
  return group
}

/** Makes the stream where it is not there. */
export function openLogStream(group: LogGroupRecord, name: string, now: number): LogStreamRecord {
  const found = Object.hasOwn(group.streams, name) ? group.streams[name] : undefined
  if (found !== undefined) return found
  const arn = `${group.arn}:log-stream:${name}`
  const stream: LogStreamRecord = { name, arn, createdAt: now, events: [], received: 0 }
  group.streams[name] = stream
  return stream
}

export function appendLogEvents(
  stream: LogStreamRecord,
  events: readonly { readonly timestamp: number; readonly message: string }[],
  now: number,
): void {
  for (const { timestamp, message } of events) {
    stream.events.push({ position: stream.received, timestamp, ingestedAt: now, message })
    stream.received += 1
  }
  if (stream.events.length > 2 * LARGEST_STREAM) stream.events = stream.events.slice(-LARGEST_STREAM)
}
