import { invalidParameter } from '../../ecs-error.ts'
import type { Emulator } from '../../emulator.ts'
import { createLogGroup as addGroup, findLogGroup, type LogGroupRecord } from '../../log-records.ts'
import {
  alreadyThere,
  type LogInput,
  limitOf,
  notFound,
  numberOf,
  pageOf,
  requiredText,
  requireGroup,
  textOf,
  textsOf,
} from './log-input.ts'

const NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/
/** Documented. */
const RETENTION_DAYS: ReadonlySet<number> = new Set([
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
])

export function createLogGroup(input: LogInput, emulator: Emulator): void {
  const name = requiredText(input, 'logGroupName')
  if (!NAME.test(name)) throw invalidParameter(`logGroupName must be 1 to 512 of [.-_/#A-Za-z0-9]: "${name}".`)
  const { world } = emulator.simulation()
  if (findLogGroup(world, name) !== undefined) throw alreadyThere('The specified log group already exists')
  const group = addGroup(world, emulator.account, name, emulator.clock.now())
  group.tags = tagsOf(input)
}

export function deleteLogGroup(input: LogInput, emulator: Emulator): void {
  const { name } = requireGroup(emulator, input)
  delete emulator.simulation().world.logGroups[name]
}

export function describeLogGroups(input: LogInput, emulator: Emulator): unknown {
  const prefix = textOf(input, 'logGroupNamePrefix') ?? ''
  const pattern = (textOf(input, 'logGroupNamePattern') ?? '').toLowerCase()
  const groups = Object.values(emulator.simulation().world.logGroups)
    .filter(({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const { page, ...next } = pageOf(groups, input, limitOf(input, 50))
  return { logGroups: page.map(toLogGroup), ...next }
}

export function putRetentionPolicy(input: LogInput, emulator: Emulator): void {
  const days = numberOf(input, 'retentionInDays') ?? 0
  if (!RETENTION_DAYS.has(days)) throw invalidParameter(`retentionInDays must not be ${days}.`)
  requireGroup(emulator, input).retentionInDays = days
}

export function deleteRetentionPolicy(input: LogInput, emulator: Emulator): void {
  delete requireGroup(emulator, input).retentionInDays
}

export function listTagsForResource(input: LogInput, emulator: Emulator): unknown {
  return { tags: byArn(input, emulator).tags }
}

export function tagResource(input: LogInput, emulator: Emulator): void {
  const group = byArn(input, emulator)
  group.tags = { ...group.tags, ...tagsOf(input) }
}

export function untagResource(input: LogInput, emulator: Emulator): void {
  const group = byArn(input, emulator)
  const keys = new Set(textsOf(input, 'tagKeys'))
  group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.has(key)))
}

function byArn(input: LogInput, emulator: Emulator): LogGroupRecord {
  const arn = requiredText(input, 'resourceArn').replace(/:\*$/, '')
  const found = Object.values(emulator.simulation().world.logGroups).find((group) => group.arn === arn)
  if (found === undefined) throw notFound('The specified resource does not exist.')
  return found
}

function tagsOf({ tags }: LogInput): Record<string, string> {
  if (tags === undefined || tags === null) return {}
  if (typeof tags !== 'object') throw invalidParameter('tags must be a structure.')
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]))
}

function toLogGroup({ name, arn, createdAt, retentionInDays, streams }: LogGroupRecord): unknown {
  const events = Object.values(streams).flatMap((stream) => stream.events)
  return {
    logGroupName: name,
    creationTime: Math.round(createdAt),
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: 'STANDARD',
    storedBytes: events.reduce((total, { message }) => total + Buffer.byteLength(message), 0),
  }
}
