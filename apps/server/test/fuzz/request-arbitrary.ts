import type { RouteDefinition } from '@landlord/api-contract'
import fc from 'fast-check'
import { arbitraryOf, type SchemaNode } from './schema-arbitrary.ts'
import { spoiled } from './spoil.ts'

/** A request before it goes out. */
export interface GeneratedRequest {
  readonly route: string
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
  /** Picks things that exist, once it is known what does. */
  readonly pick: number
  /** Whether nothing about it was spoiled. */
  readonly isValid: boolean
}

/** For a part of a body that only somebody else's schema knows, by the name of its property; of a list with `[]` behind it. */
export type Specials = Readonly<Record<string, fc.Arbitrary<unknown>>>

type Parts = Pick<GeneratedRequest, 'params' | 'query' | 'headers' | 'body'>

/** Requests of one route: some as its schemas ask for them, some with one thing wrong. */
export function requestsOf(name: string, route: RouteDefinition, specials: Specials): fc.Arbitrary<GeneratedRequest> {
  const valid: fc.Arbitrary<Parts> = fc.record({
    params: objectFor(route.params, specials),
    query: objectFor(route.query, specials),
    headers: objectFor(route.headers, specials),
    body:
      route.body === undefined
        ? fc.constant(undefined)
        : arbitraryOf(withSpecials(route.body, specials)).chain(fill(specials)),
  })
  const wrong = valid.chain((parts) =>
    fc
      .constantFrom<keyof Parts>('params', 'query', 'headers', 'body', 'body', 'body')
      .chain((part) => spoiled(parts[part]).map((value) => ({ ...parts, [part]: value }))),
  )
  return fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: valid.map((parts) => ({ parts, isValid: true })) },
        { weight: 2, arbitrary: wrong.map((parts) => ({ parts, isValid: false })) },
      ),
      fc.nat(),
    )
    .map(([{ parts, isValid }, pick]) => ({ route: name, ...parts, pick, isValid }))
}

function objectFor(schema: unknown, specials: Specials): fc.Arbitrary<Record<string, unknown>> {
  if (schema === undefined) return fc.constant({})
  return arbitraryOf(withSpecials(schema, specials)).chain(fill(specials)) as fc.Arbitrary<Record<string, unknown>>
}

/** Marks the properties that have a special arbitrary; `fill` puts its values there. */
function withSpecials(schema: unknown, specials: Specials): SchemaNode {
  const node = schema as SchemaNode
  if (node.anyOf !== undefined) return { ...node, anyOf: node.anyOf.map((branch) => withSpecials(branch, specials)) }
  if (node.properties === undefined) return node
  const properties = Object.entries(node.properties).map(([name, property]) => {
    const special = isList(property) ? `${name}[]` : name
    return [name, Object.hasOwn(specials, special) ? { const: MARK + special } : property]
  })
  return { ...node, properties: Object.fromEntries(properties) as Record<string, SchemaNode> }
}

function isList({ type, anyOf = [] }: SchemaNode): boolean {
  return type === 'array' || anyOf.some(isList)
}

const MARK = '\u0001special:'

function fill(specials: Specials) {
  return (value: unknown): fc.Arbitrary<unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fc.constant(value)
    const entries = Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'string' && item.startsWith(MARK) ? specials[item.slice(MARK.length)] : fc.constant(item),
    ])
    return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>)
  }
}
