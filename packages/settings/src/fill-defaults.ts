import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue, setOwn } from './json.ts'
import type { KeyPath } from './key-path.ts'
import { childOf, isSection, propertiesOf } from './schema-walk.ts'

/**
 * Adds the `default`s of the schema to what is missing, in place, and reports each. A required section exists even when
 * nobody mentions it; an optional one only when somebody does, or when it has a default of its own.
 */
export function fillDefaults(schema: JsonSchema, values: JsonObject, filled: (path: KeyPath) => void): void {
  fill(schema, values, [], filled)
}

function fill(schema: JsonSchema, value: JsonValue, path: KeyPath, filled: (path: KeyPath) => void): void {
  if (Array.isArray(value)) {
    const items = schema.items
    if (isJsonObject(items))
      for (const [index, item] of value.entries()) fill(items, item, [...path, String(index)], filled)
    return
  }
  if (!isJsonObject(value)) return
  for (const [key, property] of propertiesOf(schema)) {
    if (Object.hasOwn(value, key)) continue
    const initial = initialValue(property, Array.isArray(schema.required) && schema.required.includes(key))
    if (initial === undefined) continue
    setOwn(value, key, initial)
    filled([...path, key])
  }
  for (const [key, item] of Object.entries(value)) {
    const below = childOf(schema, key)
    if (below !== undefined) fill(below, item, [...path, key], filled)
  }
}

function initialValue(schema: JsonSchema, isRequired: boolean): JsonValue | undefined {
  if (schema.default !== undefined) return structuredClone(schema.default)
  return isRequired && isSection(schema) ? {} : undefined
}
