import { isDeepStrictEqual } from 'node:util'
import type { ChangeEffect, ConfigChange } from './config-change.ts'
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { appendPointer } from './json-pointer.ts'
import { redactLeaves, redactValue } from './redact-config.ts'
import { type SchemaView, viewSchema } from './schema-view.ts'

export interface DiffConfigOptions {
  /** Hides what it marks as sensitive in `from` and `to`. Default: nothing is hidden. */
  readonly schema?: JsonSchema
  /** What a change at this pointer does to the instance. Default: `replace` everywhere. */
  readonly effectOf?: (path: string) => ChangeEffect
}

/**
 * The differences from one configuration to another, ordered by path. Objects are compared key by key, arrays and scalars
 * as a whole; the order of keys means nothing. Normalise both sides first: sort what is a set, fill in the defaults.
 */
export function diffConfig(from: JsonObject, to: JsonObject, options: DiffConfigOptions = {}): ConfigChange[] {
  const changes: ConfigChange[] = []
  compare({ before: from, after: to, path: '', view: viewSchema(options.schema), hidden: false })
  return changes

  function compare(pair: Pair): void {
    const { before, after, path, view } = pair
    if (isDeepStrictEqual(before, after)) return
    // Everything below a marked object is as sensitive as the object.
    const hidden = pair.hidden || view.marked('sensitive')
    if (isJsonObject(before) && isJsonObject(after)) {
      for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
        compare({
          before: ownValue(before, key),
          after: ownValue(after, key),
          path: appendPointer(path, key),
          view: view.child(key),
          hidden,
        })
      }
      return
    }
    const shown = (value: JsonValue) => (hidden ? redactLeaves(value) : redactValue(view, value, 'sensitive'))
    changes.push({
      path,
      ...(before === undefined ? {} : { from: shown(before) }),
      ...(after === undefined ? {} : { to: shown(after) }),
      effect: options.effectOf?.(path) ?? 'replace',
    })
  }
}

interface Pair {
  before: JsonValue | undefined
  after: JsonValue | undefined
  path: string
  view: SchemaView
  hidden: boolean
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
