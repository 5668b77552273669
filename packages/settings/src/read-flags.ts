import { coerceText, typesOf } from './coerce-text.ts'
import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { formatKey, type KeyPath } from './key-path.ts'
import { quoteReceived } from './redact-value.ts'
import { isSection, propertyOf } from './schema-walk.ts'
import { createIssue, type SettingsIssue } from './settings-issue.ts'
import { type Assignment, toAssignments } from './settings-layer.ts'

/** Parsed flags by dotted key (`{ 'database.url': … }`), nested (`{ database: { url: … } }`), or mixed. */
export type FlagValues = Readonly<Record<string, unknown>>

export interface FlagsLayer {
  readonly assignments: readonly Assignment[]
  readonly issues: readonly SettingsIssue[]
}

export interface FlagsContext {
  readonly schema: JsonSchema
  readonly flags: FlagValues
  /** What the user types, by dotted key; `--database-url` for `database.url` where it is not said. */
  readonly flagNames: Readonly<Record<string, string>>
  readonly cwd: string
}

interface Flag {
  readonly path: KeyPath
  readonly schema: JsonSchema | undefined
  readonly value: JsonValue
}

/** The settings in flags. `undefined` means not given. */
export function readFlags(context: FlagsContext): FlagsLayer {
  const flags = Object.entries(context.flags).flatMap(([key, value]) =>
    flatten(context.schema, [], key.split('.'), value),
  )
  const layers = flags.map((flag) => readFlag(flag, context))
  return { assignments: layers.flatMap((layer) => layer.assignments), issues: layers.flatMap((layer) => layer.issues) }
}

// Down to the first key that the schema does not fill key by key, or does not know.
function flatten(schema: JsonSchema | undefined, path: KeyPath, ahead: KeyPath, value: unknown): Flag[] {
  if (value === undefined) return []
  const [key, ...rest] = ahead
  if (schema !== undefined && isSection(schema)) {
    if (key !== undefined) return flatten(propertyOf(schema, key), [...path, key], rest, value)
    if (isJsonObject(value))
      return Object.entries(value).flatMap(([below, item]) => flatten(schema, path, [below], item))
  }
  if (schema === undefined) return [{ path, schema, value: value as JsonValue }]
  const below = ahead.reduce<JsonSchema | undefined>((at, token) => at && propertyOf(at, token), schema)
  return [{ path: [...path, ...ahead], schema: below, value: value as JsonValue }]
}

function readFlag({ path, schema: found, value }: Flag, { schema, flagNames, cwd }: FlagsContext): FlagsLayer {
  const key = formatKey(path)
  const source = { kind: 'flag', name: flagNames[key] ?? flagName(path) } as const
  const sourceAt = () => source
  // A flag that its command did not parse is text, as a variable is.
  if (found === undefined || typeof value !== 'string' || typesOf(found).has('string'))
    return { assignments: toAssignments(found, path, value, sourceAt), issues: [] }
  const coerced = coerceText(found, value)
  if (coerced.ok) return { assignments: toAssignments(found, path, coerced.value, sourceAt), issues: [] }
  const text = `${coerced.expected}${quoteReceived(schema, path, value)}`
  return { assignments: [], issues: [createIssue({ code: 'invalid_value', path, source, text, cwd })] }
}

function flagName(path: KeyPath): string {
  return `--${path.join('-').replaceAll('_', '-')}`
}
