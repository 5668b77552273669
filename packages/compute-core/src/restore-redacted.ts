import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { REDACTED, redactLeaves, redactValue } from './redact-config.ts'
import { type SchemaView, viewSchema } from './schema-view.ts'

interface Place {
  readonly view: SchemaView
  readonly previous: JsonValue | undefined
  /** Something above is marked, and so is all that is below it. */
  readonly marked: boolean
}

/**
 * Puts the values of `previous` back where `config` holds `REDACTED` at a `writeOnly` place: what was read can be sent
 * back. Items of an array are told by what was shown of them, so that one that moved keeps its own secret. Where there is
 * no value to put back, or no telling which, `REDACTED` stays: whoever accepts the result refuses it.
 */
export function restoreRedacted(schema: JsonSchema, config: JsonObject, previous: JsonObject): JsonObject {
  return restore(config, { view: viewSchema(schema), previous, marked: false }) as JsonObject
}

function restore(value: JsonValue, place: Place): JsonValue {
  const marked = place.marked || place.view.marked('secret')
  const here = { ...place, marked }
  if (marked && value === REDACTED) return isScalar(place.previous) ? place.previous : REDACTED
  if (Array.isArray(value)) return restoreItems(value, here)
  if (!isJsonObject(value)) return value
  const before = isJsonObject(place.previous) ? place.previous : {}
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const previous = Object.hasOwn(before, key) ? before[key] : undefined
      return [key, restore(item, child(here, key, previous))]
    }),
  )
}

function restoreItems(items: readonly JsonValue[], place: Place): JsonValue[] {
  const before = Array.isArray(place.previous) ? place.previous : []
  const shown = before.map((item, index) => show(item, child(place, index, undefined)))
  const unclaimed = new Set(before.keys())
  const matches = items.map((item, index) => {
    // Bare secrets all look alike: only their places tell them apart.
    if (item === REDACTED) return items.length === before.length ? index : undefined
    const at = [index, ...unclaimed].find((other) => unclaimed.has(other) && isDeepStrictEqual(shown[other], item))
    if (at !== undefined) unclaimed.delete(at)
    return at
  })
  return items.map((item, index) => {
    // An item that was changed where it stood.
    const sameIndex = items.length === before.length && unclaimed.has(index) ? index : undefined
    const at = matches[index] ?? sameIndex
    return restore(item, child(place, index, at === undefined ? undefined : before[at]))
  })
}

function show(value: JsonValue, { view, marked }: Place): JsonValue {
  return marked ? redactLeaves(value) : redactValue(view, value, 'secret')
}

function child(place: Place, key: string | number, previous: JsonValue | undefined): Place {
  return { view: place.view.child(key), previous, marked: place.marked }
}

function isScalar(value: JsonValue | undefined): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
