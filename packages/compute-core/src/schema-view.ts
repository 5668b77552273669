import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { parsePointer } from './json-pointer.ts'

/** `secret`: marked `writeOnly`. `sensitive`: also what is marked `x-sensitive`, which its owner may read back. */
export type Sensitivity = 'secret' | 'sensitive'

/**
 * All that a schema says about one value: the subschema beside it, what that refers to with `$ref`, and every branch of
 * its combinations, whichever of them applies. So a mark anywhere hides the value everywhere.
 */
export interface SchemaView {
  /** False when nothing in the schema describes the value. */
  readonly known: boolean
  /** Whether the schema marks the value itself as one that must not be shown. */
  marked(sensitivity: Sensitivity): boolean
  /** The view of a property or an item. */
  child(key: string | number): SchemaView
}

export function viewSchema(root: JsonSchema | undefined): SchemaView {
  return viewOf(root === undefined ? [] : [root], root)
}

function viewOf(schemas: readonly JsonSchema[], root: JsonSchema | undefined): SchemaView {
  const all = expand(schemas, root)
  return {
    known: all.length > 0,
    marked: (sensitivity) =>
      all.some(
        (schema) => schema.writeOnly === true || (sensitivity === 'sensitive' && schema['x-sensitive'] === true),
      ),
    child: (key) =>
      viewOf(
        all.flatMap((schema) => childSchemas(schema, key)),
        root,
      ),
  }
}

/** The schemas and all that they refer to and combine, each once: a schema may refer to itself. */
function expand(schemas: readonly JsonSchema[], root: JsonSchema | undefined): JsonSchema[] {
  const seen = new Set<JsonSchema>()
  const waiting = [...schemas]
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (seen.has(schema)) continue
    seen.add(schema)
    const { allOf, anyOf, oneOf, if: condition, then, else: otherwise, dependentSchemas } = schema
    const dependent = isJsonObject(dependentSchemas) ? Object.values(dependentSchemas) : []
    const combined = [allOf, anyOf, oneOf].flatMap((branches) => (Array.isArray(branches) ? branches : []))
    const referred = referredSchema(schema.$ref, root)
    waiting.push(...[...combined, ...dependent, condition, then, otherwise, referred].filter(isJsonObject))
  }
  return [...seen]
}

/** The target of a reference within the document. One to another document is not followed, and describes nothing. */
function referredSchema(reference: JsonValue | undefined, root: JsonSchema | undefined): JsonValue | undefined {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined
  let at: JsonValue | undefined = root
  for (const token of parsePointer(decodeURIComponent(reference.slice(1)))) {
    if (Array.isArray(at)) at = at[Number(token)]
    else at = isJsonObject(at) && Object.hasOwn(at, token) ? at[token] : undefined
  }
  return at
}

function childSchemas(schema: JsonSchema, key: string | number): JsonSchema[] {
  const found = typeof key === 'number' ? itemSchemas(schema, key) : propertySchemas(schema, key)
  return found.filter(isJsonObject)
}

function itemSchemas({ prefixItems, items, contains, unevaluatedItems }: JsonSchema, index: number): unknown[] {
  const own = Array.isArray(prefixItems) ? prefixItems[index] : undefined
  return [own ?? items, contains, unevaluatedItems]
}

function propertySchemas(schema: JsonSchema, key: string): unknown[] {
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema
  const own = isJsonObject(properties) && Object.hasOwn(properties, key) ? [properties[key]] : []
  const patterns = Object.entries(isJsonObject(patternProperties) ? patternProperties : {})
  const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(key)).map(([, value]) => value)
  return own.length + matching.length > 0 ? [...own, ...matching] : [additionalProperties, unevaluatedProperties]
}
