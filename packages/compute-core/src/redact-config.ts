import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'

/** Stands where a sensitive value was. Sent back in an update it means "unchanged". */
export const REDACTED = '[redacted]'

/** `secret`: marked `writeOnly`. `sensitive`: also what is marked `x-sensitive`, which its owner may read back. */
export type Sensitivity = 'secret' | 'sensitive'

/** Whether the schema marks the value itself as one that must not be shown. */
export function isMarked(schema: JsonSchema | undefined, sensitivity: Sensitivity): boolean {
  if (schema === undefined) return false
  return schema.writeOnly === true || (sensitivity === 'sensitive' && schema['x-sensitive'] === true)
}

/** The schema of a property or an item, through `properties`, `additionalProperties` and `items`. */
export function subschema(schema: JsonSchema | undefined, key: string | number): JsonSchema | undefined {
  if (schema === undefined) return undefined
  if (typeof key === 'number') return isJsonObject(schema.items) ? schema.items : undefined
  const properties = schema.properties
  const property = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isJsonObject(property)) return property
  return isJsonObject(schema.additionalProperties) ? schema.additionalProperties : undefined
}

/**
 * A copy of `config` without what its schema marks: `secret` (the default) hides `writeOnly` values, `sensitive` hides
 * those and `x-sensitive` ones. For everything that is shown (`secret`) or logged (`sensitive`).
 */
export function redactConfig(schema: JsonSchema, config: JsonObject, sensitivity: Sensitivity = 'secret'): JsonObject {
  return redactValue(schema, config, sensitivity) as JsonObject
}

/** Replaces every leaf under a marked value, so that the shape and the keys stay readable. */
export function redactValue(schema: JsonSchema | undefined, value: JsonValue, sensitivity: Sensitivity): JsonValue {
  return isMarked(schema, sensitivity) ? redactLeaves(value) : redactBelow(schema, value, sensitivity)
}

function redactBelow(schema: JsonSchema | undefined, value: JsonValue, sensitivity: Sensitivity): JsonValue {
  if (Array.isArray(value)) return value.map((item, index) => redactValue(subschema(schema, index), item, sensitivity))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactValue(subschema(schema, key), item, sensitivity)]),
  )
}

/** Replaces every scalar but `null`. */
export function redactLeaves(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(redactLeaves)
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactLeaves(item)]))
  return value === null ? null : REDACTED
}

/** Puts the values of `previous` back where `config` holds `REDACTED` at a `writeOnly` place: what was read can be sent back. */
export function restoreRedacted(schema: JsonSchema, config: JsonObject, previous: JsonObject): JsonObject {
  return restoreValue(schema, config, previous, false) as JsonObject
}

function restoreValue(
  schema: JsonSchema | undefined,
  value: JsonValue,
  previous: JsonValue | undefined,
  marked: boolean,
): JsonValue {
  const here = marked || isMarked(schema, 'secret')
  if (here && value === REDACTED && previous !== undefined) return previous
  if (Array.isArray(value)) {
    const before = Array.isArray(previous) ? previous : []
    return value.map((item, index) => restoreValue(subschema(schema, index), item, before[index], here))
  }
  if (!isJsonObject(value)) return value
  const before = isJsonObject(previous) ? previous : {}
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, restoreValue(subschema(schema, key), item, before[key], here)]),
  )
}
