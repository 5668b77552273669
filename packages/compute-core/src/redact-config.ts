import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { type SchemaView, type Sensitivity, viewSchema } from './schema-view.ts'

/** Stands where a sensitive value was. Sent back in an update it means "unchanged". */
export const REDACTED = '[redacted]'

/**
 * A copy of `config` without what its schema marks: `secret` (the default) hides `writeOnly` values, `sensitive` hides
 * those and `x-sensitive` ones. For everything that is shown (`secret`) or logged (`sensitive`).
 */
export function redactConfig(schema: JsonSchema, config: JsonObject, sensitivity: Sensitivity = 'secret'): JsonObject {
  return redactValue(viewSchema(schema), config, sensitivity) as JsonObject
}

/** Replaces every leaf under a marked value, so that the shape and the keys stay readable. */
export function redactValue(view: SchemaView, value: JsonValue, sensitivity: Sensitivity): JsonValue {
  if (view.marked(sensitivity)) return redactLeaves(value)
  if (Array.isArray(value)) return value.map((item, index) => redactValue(view.child(index), item, sensitivity))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactValue(view.child(key), item, sensitivity)]),
  )
}

/** Replaces every scalar but `null`. */
export function redactLeaves(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(redactLeaves)
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactLeaves(item)]))
  return value === null ? null : REDACTED
}
