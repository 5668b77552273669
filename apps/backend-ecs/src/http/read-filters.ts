import { badRequest } from '../errors/docker-error.ts'

/**
 * The query parameter `filters`: `{"label":{"a=b":true}}` as the docker command line sends it, `{"label":["a=b"]}` as most
 * libraries do. Throws 400 for what is neither, and for a filter that is not `known`.
 */
export function readFilters(text: string | undefined, known: readonly string[]): Map<string, readonly string[]> {
  if (text === undefined || text === '') return new Map()
  const filters = new Map<string, readonly string[]>()
  for (const [key, values] of Object.entries(parse(text))) {
    if (!known.includes(key)) throw badRequest(`invalid filter '${key}'; there are ${known.join(', ')}`)
    const read = Array.isArray(values)
      ? values.map(String)
      : Object.entries((values ?? {}) as object).flatMap(([value, isWanted]) => (isWanted === false ? [] : [value]))
    if (read.length > 0) filters.set(key, read)
  }
  return filters
}

/** Whether a thing passes each filter: with one of its values, but with every label, as in Docker. */
export function fitsFilters(
  filters: ReadonlyMap<string, readonly string[]>,
  fits: (key: string, value: string) => boolean,
): boolean {
  return [...filters].every(([key, values]) =>
    key === 'label' ? values.every((value) => fits(key, value)) : values.some((value) => fits(key, value)),
  )
}

/** `key` or `key=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const equals = wanted.indexOf('=')
  if (equals < 0) return wanted in labels
  return labels[wanted.slice(0, equals)] === wanted.slice(equals + 1)
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below, with what was expected.
  }
  throw badRequest('invalid filters: expected a JSON object such as {"label":["a=b"]}')
}
