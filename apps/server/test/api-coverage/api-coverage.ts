import { PROBLEMS, type Problem, type RouteDefinition } from '@landlord/api-contract'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Answer } from '../fuzz/check-answer.ts'
import type { GeneratedRequest } from '../fuzz/request-arbitrary.ts'
import type { SchemaNode } from '../fuzz/schema-arbitrary.ts'

type Table = Readonly<Record<string, RouteDefinition>>
type RequestPart = 'query' | 'headers' | 'body'
const REQUEST_PARTS: readonly RequestPart[] = ['query', 'headers', 'body']

/** What of a contract has been seen in use: statuses, request fields that were accepted, answered fields, problem codes. */
export class ApiCoverage {
  readonly #seen = new Set<string>()
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  /** `name` is undefined where no route answers: a problem is one all the same. */
  note(
    name: string | undefined,
    request: Partial<Pick<GeneratedRequest, RequestPart>>,
    answer: Pick<Answer, 'status' | 'body'>,
  ): void {
    const route = name === undefined ? undefined : this.#table[name]
    const schema: TSchema | undefined = route?.responses[answer.status]
    if (name === undefined || route === undefined || schema === undefined) {
      const { code } = Object(answer.body) as Partial<Problem>
      if (code !== undefined) this.#seen.add(problemItem(code))
      return
    }
    this.#seen.add(statusItem(name, answer.status))
    for (const field of fieldsOf(schema as SchemaNode, rootOf(name, answer.status, schema), answer.body))
      this.#seen.add(field)
    for (const part of REQUEST_PARTS) {
      const sent = route[part]
      if (sent === undefined) continue
      for (const field of fieldsOf(sent as SchemaNode, requestRoot(name, part, sent), request[part]))
        this.#seen.add(field)
    }
  }

  seen(): ReadonlySet<string> {
    return this.#seen
  }

  /** What the contract promises. */
  promised(): string[] {
    const promised = Object.entries(this.#table).flatMap(([name, route]) => [
      ...Object.entries(route.responses).flatMap(([status, schema]) => [
        statusItem(name, Number(status)),
        ...fieldsOf(schema as SchemaNode, rootOf(name, Number(status), schema)),
      ]),
      ...REQUEST_PARTS.flatMap((part) => {
        const sent = route[part]
        return sent === undefined ? [] : fieldsOf(sent as SchemaNode, requestRoot(name, part, sent))
      }),
    ])
    const problems = Object.keys(PROBLEMS).map(problemItem)
    return [...new Set([...promised, ...problems])].sort()
  }
}

const statusItem = (name: string, status: number): string => `${name} answers ${status}`
const problemItem = (code: string): string => `problem ${code}`
const idOf = (schema: object): string | undefined => ('$id' in schema ? String(schema.$id) : undefined)
// A schema with a name counts once, wherever it is used.
const rootOf = (name: string, status: number, schema: object): string => idOf(schema) ?? `${name} ${status}`
const requestRoot = (name: string, part: RequestPart, schema: object): string => idOf(schema) ?? `${name} ${part}`

/** The fields that a schema names, below `root`; with a value, only those that are there. */
function fieldsOf(schema: SchemaNode, root: string, ...values: readonly [unknown?]): string[] {
  const isAboutValue = values.length > 0
  const [value] = values
  if (isAboutValue && (value === undefined || value === null)) return []
  if (schema.anyOf !== undefined) {
    return schema.anyOf
      .filter((branch) => !isAboutValue || Value.Check(branch as TSchema, value))
      .flatMap((branch) => fieldsOf(branch, idOf(branch) ?? root, ...values))
  }
  if (schema.items !== undefined) {
    const { items } = schema
    const place = idOf(items) ?? `${root}[]`
    return isAboutValue
      ? (Array.isArray(value) ? value : []).flatMap((item) => fieldsOf(items, place, item))
      : fieldsOf(items, place)
  }
  if (isAboutValue && typeof value !== 'object') return []
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const inside: unknown = isAboutValue ? Reflect.get(value as object, name) : undefined
    if (isAboutValue && inside === undefined) return []
    const place = `${root}.${name}`
    return [place, ...fieldsOf(property, idOf(property) ?? place, ...(isAboutValue ? [inside] : []))]
  })
}
