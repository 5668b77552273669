import { randomBytes } from 'node:crypto'
import { EcsError } from '../../ecs-error.ts'

export type JsonInput = Readonly<Record<string, unknown>>

export const refusal = (type: string, message: string): EcsError => new EcsError({ type, message })

/** @throws EcsError InvalidInput when it is missing. */
export function requiredText(input: JsonInput, name: string): string {
  const value = input[name]
  if (typeof value === 'string' && value !== '') return value
  throw refusal('InvalidInput', `${name} must be a text that is not empty.`)
}

export const structure = (value: unknown): JsonInput | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined

export const structures = (value: unknown): JsonInput[] =>
  Array.isArray(value) ? value.map(structure).filter((item) => item !== undefined) : []

/** The values of the filter of that name; nothing where there is none. */
export function filterValues(input: JsonInput, name: string): unknown[] | undefined {
  const values = structures(input.Filters).find((filter) => filter.Name === name)?.Values
  return Array.isArray(values) ? values : undefined
}

/** `ns-` or `srv-` and 16 characters, as Cloud Map's ids are (documented). */
export const discoveryId = (prefix: string): string => `${prefix}-${randomBytes(8).toString('hex')}`

/** Names and ids are taken as ARNs too (documented). */
export const idOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

export const epochSeconds = (milliseconds: number): number => milliseconds / 1000
