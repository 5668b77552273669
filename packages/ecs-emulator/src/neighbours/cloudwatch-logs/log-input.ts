import { EcsError, invalidParameter } from '../../ecs-error.ts'
import type { Emulator } from '../../emulator.ts'
import { findLogGroup, type LogGroupRecord, type LogStreamRecord } from '../../log-records.ts'

export type LogInput = Readonly<Record<string, unknown>>

export function textOf(input: LogInput, key: string): string | undefined {
  const value = input[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalidParameter(`${key} must be a string.`)
  return value
}

export function requiredText(input: LogInput, key: string): string {
  const value = textOf(input, key)
  if (value === undefined || value === '') throw invalidParameter(`${key} must not be empty.`)
  return value
}

export function numberOf(input: LogInput, key: string): number | undefined {
  const value = input[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalidParameter(`${key} must be a whole number.`)
  return value
}

/** From 1 to the largest (documented), which is also the default. */
export function limitOf(input: LogInput, largest: number): number {
  const limit = numberOf(input, 'limit') ?? largest
  if (limit < 1 || limit > largest) throw invalidParameter(`limit must be from 1 to ${largest}, not ${limit}.`)
  return limit
}

export function objectsOf(input: LogInput, key: string): LogInput[] {
  const value = input[key]
  if (!Array.isArray(value)) throw invalidParameter(`${key} must be a list.`)
  return value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw invalidParameter(`${key} must be a list of structures.`)
    return { ...item }
  })
}

export function textsOf(input: LogInput, key: string): string[] {
  const value = input[key] ?? []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalidParameter(`${key} must be a list of strings.`)
  }
  return value
}

/** By `logGroupName`, or `logGroupIdentifier`, which may be an ARN. @throws ResourceNotFoundException */
export function requireGroup({ simulation }: Emulator, input: LogInput): LogGroupRecord {
  const identifier = textOf(input, 'logGroupIdentifier') ?? requiredText(input, 'logGroupName')
  const name = identifier.replace(/^arn:aws[a-z-]*:logs:[^:]*:\d*:log-group:/, '').replace(/:\*$/, '')
  const found = findLogGroup(simulation().world, name)
  if (found === undefined) throw notFound('The specified log group does not exist.')
  return found
}

/** @throws ResourceNotFoundException */
export function requireStream(group: LogGroupRecord, input: LogInput): LogStreamRecord {
  const name = requiredText(input, 'logStreamName')
  const found = Object.hasOwn(group.streams, name) ? group.streams[name] : undefined
  if (found === undefined) throw notFound('The specified log stream does not exist.')
  return found
}

export const notFound = (message: string): EcsError => new EcsError({ type: 'ResourceNotFoundException', message })
export const alreadyThere = (message: string): EcsError =>
  new EcsError({ type: 'ResourceAlreadyExistsException', message })

/** A page of a sorted list. The token is where the next page begins. */
export function pageOf<Item>(
  items: readonly Item[],
  input: LogInput,
  limit: number,
): { page: Item[]; nextToken?: string } {
  const start = Number(textOf(input, 'nextToken') ?? 0)
  if (!Number.isInteger(start) || start < 0) throw invalidParameter('The specified nextToken is invalid.')
  const end = start + limit
  return { page: items.slice(start, end), ...(end < items.length ? { nextToken: String(end) } : {}) }
}
