import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import type { KeyPath } from './key-path.ts'
import { childOf, isSection, propertyOf } from './schema-walk.ts'
import type { SettingSource } from './setting-source.ts'

/** One thing that a layer says: `section` opens an object that is filled key by key, `value` sets what is there as a whole. */
export interface Assignment {
  readonly kind: 'section' | 'value'
  readonly path: KeyPath
  readonly value: JsonValue
  /** The source of the value, or of what is inside it at a longer path. */
  readonly sourceAt: (path: KeyPath) => SettingSource
}

/** Takes a value apart along the sections of the schema. `undefined` says nothing. */
export function toAssignments(
  schema: JsonSchema | undefined,
  path: KeyPath,
  value: JsonValue | undefined,
  sourceAt: Assignment['sourceAt'],
): Assignment[] {
  if (value === undefined) return []
  const filled = schema === undefined ? value : withEmptyBlocks(schema, value)
  if (schema === undefined || !isSection(schema) || !isJsonObject(filled)) {
    return [{ kind: 'value', path, value: filled, sourceAt }]
  }
  const below = Object.entries(filled).flatMap(([key, item]) =>
    toAssignments(propertyOf(schema, key), [...path, key], item, sourceAt),
  )
  return [{ kind: 'section', path, value: {}, sourceAt }, ...below]
}

// `docker:` with nothing after it is null in YAML; who writes it means an empty block.
function withEmptyBlocks(schema: JsonSchema, value: JsonValue): JsonValue {
  if (value === null) return schema.type === 'object' ? {} : null
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const below = childOf(schema, key)
      return [key, below === undefined ? item : withEmptyBlocks(below, item)]
    }),
  )
}
