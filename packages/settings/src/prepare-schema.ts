import { getOwn, isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { fromPointer } from './key-path.ts'

/**
 * A plain copy of a settings schema in which local references are resolved and every object that declares its keys
 * accepts no others, unless it says `additionalProperties`. Throws `TypeError` for a reference that leads nowhere.
 */
export function prepareSchema(schema: object): JsonSchema {
  // Schema builders hang symbols and methods on their schemas; JSON leaves only the schema.
  const root = JSON.parse(JSON.stringify(schema)) as JsonSchema
  return close(resolve(root, root, []))
}

function resolve(schema: JsonObject, root: JsonSchema, open: readonly string[]): JsonObject {
  const { $ref: reference, ...rest } = schema
  if (typeof reference !== 'string') return resolveBelow(schema, root, open)
  // A schema that contains itself cannot be unrolled: the validator follows it, and its values count as undescribed.
  if (open.includes(reference)) return schema
  // Two copies of a definition must not both claim its identifier.
  const { $id: _id, ...definition } = target(reference, root)
  return resolve({ ...definition, ...rest }, root, [...open, reference])
}

const DATA_KEYWORDS = ['default', 'const', 'enum', 'examples', '$defs', 'definitions']
const MAP_KEYWORDS = ['properties', 'patternProperties', 'dependentSchemas']

function resolveBelow(schema: JsonObject, root: JsonSchema, open: readonly string[]): JsonObject {
  return mapValues(schema, (value, keyword) => {
    if (DATA_KEYWORDS.includes(keyword)) return value
    // A key of the settings may be called `default` or `$ref`.
    if (MAP_KEYWORDS.includes(keyword) && isJsonObject(value))
      return mapValues(value, (item) => resolveValue(item, root, open))
    return resolveValue(value, root, open)
  })
}

function resolveValue(value: JsonValue, root: JsonSchema, open: readonly string[]): JsonValue {
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, root, open))
  return isJsonObject(value) ? resolve(value, root, open) : value
}

function target(reference: string, root: JsonSchema): JsonObject {
  let at: JsonValue | undefined = reference.startsWith('#') ? root : undefined
  for (const token of fromPointer(decodeURIComponent(reference))) at = isJsonObject(at) ? getOwn(at, token) : undefined
  if (isJsonObject(at)) return at
  throw new TypeError(`settings schema: $ref ${JSON.stringify(reference)} leads nowhere; expected "#/$defs/…"`)
}

const OPENING_KEYWORDS = [
  'additionalProperties',
  'unevaluatedProperties',
  'patternProperties',
  'allOf',
  'anyOf',
  'oneOf',
]

function close(schema: JsonObject): JsonObject {
  const closed: JsonObject = { ...schema }
  if (isJsonObject(schema.properties) && !OPENING_KEYWORDS.some((keyword) => keyword in schema))
    closed.additionalProperties = false
  for (const keyword of ['properties', 'patternProperties']) {
    const below = schema[keyword]
    if (isJsonObject(below)) closed[keyword] = mapValues(below, closeValue)
  }
  for (const keyword of ['additionalProperties', 'items']) {
    const below = schema[keyword]
    if (below !== undefined) closed[keyword] = closeValue(below)
  }
  return closed
}

function closeValue(value: JsonValue): JsonValue {
  return isJsonObject(value) ? close(value) : value
}

function mapValues(object: JsonObject, map: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))
}
