import { listParameter } from '../../query-protocol.ts'
import { QueryError } from '../query-neighbour.ts'

/** A list of strings: `Names.member.1` … */
export const stringMembers = (parameters: URLSearchParams, name: string): string[] =>
  listParameter(parameters, `${name}.member`)

/** A list of structures: `Targets.member.1.Id` … becomes one set of parameters for each. */
export function structureMembers(parameters: URLSearchParams, name: string): URLSearchParams[] {
  const found = new Map<number, URLSearchParams>()
  const member = new RegExp(`^${name}\\.member\\.(\\d+)\\.(.+)$`)
  for (const [key, value] of parameters) {
    const [, index, rest] = member.exec(key) ?? []
    if (index === undefined || rest === undefined) continue
    const structure = found.get(Number(index)) ?? new URLSearchParams()
    structure.set(rest, value)
    found.set(Number(index), structure)
  }
  return [...found].sort(([left], [right]) => left - right).map(([, structure]) => structure)
}

/** @throws QueryError ValidationError */
export function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name)
  if (value !== null && value !== '') return value
  throw invalid(`The ${name} field is required.`)
}

export interface NumberLimits {
  readonly from: number
  readonly to: number
  readonly otherwise: number
}

/** @throws QueryError ValidationError */
export function numberParameter(
  parameters: URLSearchParams,
  name: string,
  { from, to, otherwise }: NumberLimits,
): number {
  const given = parameters.get(name)
  if (given === null) return otherwise
  const value = Number(given)
  if (Number.isInteger(value) && value >= from && value <= to) return value
  throw invalid(`${name} must be between ${from} and ${to}, not '${given}'.`)
}

/** Documented: 32 letters, digits and hyphens, none of them at an end. The text is invented. */
export function nameParameter(parameters: URLSearchParams): string {
  const name = required(parameters, 'Name')
  if (/^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name)) return name
  throw invalid(`The name '${name}' must be 1 to 32 letters, digits and hyphens, and not begin or end with a hyphen.`)
}

export const invalid = (message: string): QueryError => new QueryError('ValidationError', message)
