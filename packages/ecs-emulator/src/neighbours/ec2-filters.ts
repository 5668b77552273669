import { listParameter } from '../query-protocol.ts'
import { QueryError } from './query-neighbour.ts'

/** By a filter's name: the values of an item that it looks at. */
export type FilterValues<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>

/**
 * The items that pass all filters of a request: each one by any of its values, in which `*` and `?` stand for others
 * (documented). @throws QueryError for a filter that is not emulated, so that none is passed over in silence.
 */
export function filterItems<Item>(
  parameters: URLSearchParams,
  items: readonly Item[],
  known: FilterValues<Item>,
): Item[] {
  let passing = [...items]
  for (const { name, patterns } of readFilters(parameters)) {
    const valuesOf = Object.hasOwn(known, name) ? known[name] : undefined
    if (valuesOf === undefined) {
      const names = Object.keys(known).join(', ')
      throw new QueryError('InvalidParameterValue', `The filter '${name}' is not emulated; these are: ${names}.`)
    }
    passing = passing.filter((item) => valuesOf(item).some((value) => patterns.some((pattern) => pattern.test(value))))
  }
  return passing
}

function readFilters(parameters: URLSearchParams): { readonly name: string; readonly patterns: readonly RegExp[] }[] {
  const filters = []
  for (let index = 1; ; index += 1) {
    const name = parameters.get(`Filter.${index}.Name`)
    if (name === null) return filters
    filters.push({ name, patterns: listParameter(parameters, `Filter.${index}.Value`).map(toPattern) })
  }
}

function toPattern(value: string): RegExp {
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}
