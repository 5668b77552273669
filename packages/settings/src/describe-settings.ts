import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { formatKey, type KeyPath } from './key-path.ts'
import { redactValue } from './redact-value.ts'

/** One line of `landlord config check`. */
export interface SettingRow {
  readonly key: string
  /** Secrets, and values that the schema does not describe, are `[redacted]`. */
  readonly value: JsonValue
  /** `--port`, `LANDLORD_PORT`, `landlord.yaml:7:3` or `default`. */
  readonly source: string
}

/** The paths of all values: scalars, lists and empty objects. */
export function leavesOf(value: JsonValue, path: KeyPath = []): { path: KeyPath; value: JsonValue }[] {
  if (!isJsonObject(value)) return [{ path, value }]
  const below = Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]))
  return below.length === 0 && path.length > 0 ? [{ path, value }] : below
}

/** All values, sorted by key. */
export function describeSettings(
  schema: JsonSchema,
  values: JsonValue,
  sourceAt: (path: KeyPath) => string,
): SettingRow[] {
  const rows = leavesOf(values).map(({ path, value }) => ({
    key: formatKey(path),
    value: redactValue(schema, path, value),
    source: sourceAt(path),
  }))
  return rows.sort((left, right) => (left.key < right.key ? -1 : 1))
}
