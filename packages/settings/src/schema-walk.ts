import { getOwn, isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import type { KeyPath } from './key-path.ts'

/** The declared keys of a schema. */
export function propertiesOf(schema: JsonSchema): [key: string, schema: JsonSchema][] {
  const properties = isJsonObject(schema.properties) ? schema.properties : {}
  return Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isJsonObject(entry[1]))
}

/** The schema of a declared key. */
export function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const property = isJsonObject(schema.properties) ? getOwn(schema.properties, key) : undefined
  return isJsonObject(property) ? property : undefined
}

/** Whether the schema is an object with declared keys only: it is filled key by key. Every other value is taken whole. */
export function isSection(schema: JsonSchema): boolean {
  return isJsonObject(schema.properties) && schema.additionalProperties === false
}

/** A schema and the branches of its combinators; what any of them says of secrecy counts. */
export function branchesOf(schema: JsonSchema): JsonSchema[] {
  const below = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'].flatMap((keyword) => schema[keyword] ?? [])
  return [schema, ...below.filter(isJsonObject).flatMap(branchesOf)]
}

/** The schema of a key of an object: declared, by pattern, or any other. */
export function childOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  return childrenOf(schema, key)[0]
}

/** Every schema that describes the value at a path; none when nothing does. */
export function describing(schemas: readonly JsonSchema[], path: KeyPath): JsonSchema[] {
  const [token, ...rest] = path
  const branches = schemas.flatMap(branchesOf)
  if (token === undefined) return branches
  return describing(
    branches.flatMap((branch) => childrenOf(branch, token)),
    rest,
  )
}

function childrenOf(schema: JsonSchema, token: string): JsonSchema[] {
  const property = propertyOf(schema, token)
  const patterns = isJsonObject(schema.patternProperties) ? Object.entries(schema.patternProperties) : []
  const named = [
    property,
    ...patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(token)).map(([, found]) => found),
  ]
  const found: (JsonValue | undefined)[] = named.some((schema) => schema !== undefined)
    ? named
    : [schema.additionalProperties]
  if (/^\d+$/.test(token))
    found.push(Array.isArray(schema.prefixItems) ? schema.prefixItems[Number(token)] : undefined, schema.items)
  return found.filter(isJsonObject)
}
