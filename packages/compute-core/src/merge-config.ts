import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/**
 * Lays `overlay` over `base`: deep for objects, replacing for arrays and scalars; a `null` in the overlay removes the key.
 * JSON merge patch (RFC 7396), without touching either argument.
 */
export function mergeConfig(base: JsonObject, overlay: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = Object.create(null)
  for (const [key, value] of Object.entries(base)) merged[key] = structuredClone(value)
  for (const [key, value] of Object.entries(overlay)) {
    if (value === null) delete merged[key]
    else if (isJsonObject(value)) {
      const below = merged[key]
      merged[key] = mergeConfig(isJsonObject(below) ? below : {}, value)
    } else merged[key] = structuredClone(value)
  }
  // `Object.create(null)` kept a `__proto__` key an ordinary key; `fromEntries` keeps it so in an ordinary object.
  return Object.fromEntries(Object.entries(merged))
}
