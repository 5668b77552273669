import type { Emulator } from '../../emulator.ts'
import { badRequest } from './efs-error.ts'

export interface EfsRequest {
  readonly emulator: Emulator
  /** What stands in the path where the route has a parameter. */
  readonly id: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws EfsError BadRequest when it is missing. */
export function requiredText({ body }: EfsRequest, name: string): string {
  const value = body[name]
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`${name} must be a text that is not empty.`)
}

export const structure = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

export function tagsOf(value: unknown): Record<string, string> {
  const tags = Array.isArray(value) ? value.map(structure) : []
  return Object.fromEntries(tags.map(({ Key, Value }) => [String(Key), String(Value ?? '')]))
}

export const toTags = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

export const nameIn = ({ Name }: Readonly<Record<string, string>>): { Name?: string } =>
  Name === undefined ? {} : { Name }

/** Documented: the most of one answer. */
const LARGEST_PAGE = 100

export function page<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  names: { size: string; token: string },
): { items: readonly Item[]; next?: string } {
  const size = Math.min(Number(query.get(names.size) ?? LARGEST_PAGE), LARGEST_PAGE)
  const from = Number(query.get(names.token) ?? 0)
  if (!(size >= 1) || !Number.isInteger(from))
    throw badRequest(`${names.size} and ${names.token} must be those of an answer.`)
  return { items: items.slice(from, from + size), ...(from + size < items.length ? { next: String(from + size) } : {}) }
}
