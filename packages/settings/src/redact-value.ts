import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import type { KeyPath } from './key-path.ts'
import { describing } from './schema-walk.ts'

/** Stands where a secret was. */
export const REDACTED = '[redacted]'

/**
 * Whether a value must not be shown: the schema marks it or a parent `writeOnly`, or does not describe it at all, so that
 * nobody can tell.
 */
function isHidden(schema: JsonSchema, path: KeyPath): boolean {
  let schemas = [schema]
  for (const token of [undefined, ...path]) {
    schemas = describing(schemas, token === undefined ? [] : [token])
    if (schemas.some((found) => found.writeOnly === true)) return true
  }
  return !schemas.some((found) => ['type', 'enum', 'const', 'properties'].some((keyword) => keyword in found))
}

/** A copy in which every hidden scalar is `[redacted]`; keys stay readable. */
export function redactValue(schema: JsonSchema, path: KeyPath, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item, index) => redactValue(schema, [...path, String(index)], item))
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, redactValue(schema, [...path, key], item)]),
    )
  return value !== null && isHidden(schema, path) ? REDACTED : value
}

const LONGEST_QUOTE = 80

/** `, got "ten"`; empty for what must not be shown and for what is too long to help. */
export function quoteReceived(schema: JsonSchema, path: KeyPath, value: JsonValue): string {
  if (isHidden(schema, path)) return ''
  if (isJsonObject(value)) return ', got an object'
  if (Array.isArray(value)) return ', got a list'
  const text = JSON.stringify(value)
  return text.length > LONGEST_QUOTE ? '' : `, got ${text}`
}
