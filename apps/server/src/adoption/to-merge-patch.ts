import { isJsonObject, type JsonObject, type JsonValue } from '@landlord/compute-core'

/** The merge patch that makes `wanted` of `defaults`: `mergeConfig(defaults, patch)` is `wanted`, whatever the defaults have. */
export function toMergePatch(defaults: JsonObject, wanted: JsonObject): JsonObject {
  const removed = Object.keys(defaults).filter((key) => wanted[key] === undefined)
  const entries = Object.entries(wanted).map(([key, value]): [string, JsonValue] => {
    const before = defaults[key]
    return [key, isJsonObject(before) && isJsonObject(value) ? toMergePatch(before, value) : value]
  })
  return { ...Object.fromEntries(entries), ...Object.fromEntries(removed.map((key) => [key, null])) }
}
