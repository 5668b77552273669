import { EVENT_TYPES, type Event } from '@landlord/api-contract'
import { suggestName } from '@landlord/compute-core'
import type { LabelCondition } from '../tenants/parse-label-selector.ts'
import { sees } from '../tenants/tenant-visibility.ts'

/** Which events somebody wants. */
export interface EventFilter {
  /** Every type when absent. */
  readonly types?: ReadonlySet<string>
  readonly labels: readonly LabelCondition[]
}

/** An event of no tenant fits no selector. */
export function matches({ types, labels }: EventFilter, event: Event): boolean {
  if (types !== undefined && !types.has(event.type)) return false
  if (labels.length === 0) return true
  return event.tenant_labels !== undefined && sees({ selector: labels }, event.tenant_labels)
}

/**
 * The types that a list of types and patterns (`tenant.*`, `*`) stands for; undefined for every type. Throws
 * `EventTypeError` for what stands for none.
 */
export function expandTypes(patterns: readonly string[]): ReadonlySet<string> | undefined {
  const unknown = patterns.find((pattern) => pattern !== '*' && expand(pattern).length === 0)
  if (unknown !== undefined) throw new EventTypeError(unknown)
  return expandKnownTypes(patterns)
}

/** The same; what stands for none is left out. */
export function expandKnownTypes(patterns: readonly string[]): ReadonlySet<string> | undefined {
  return patterns.includes('*') ? undefined : new Set(patterns.flatMap(expand))
}

/** It stands for no type of event. */
export class EventTypeError extends Error {
  constructor(pattern: string) {
    const guess = suggestName(pattern, [...EVENT_TYPES, ...groups()])
    const hint = guess === undefined ? `knows ${groups().join(', ')} and the types in them` : `did you mean "${guess}"?`
    super(`${JSON.stringify(pattern)} is no type of event; ${hint}`)
    this.name = 'EventTypeError'
  }
}

function expand(pattern: string): readonly string[] {
  return EVENT_TYPES.filter((type) => type === pattern || (pattern.endsWith('.*') && isIn(type, pattern)))
}

function isIn(type: string, pattern: string): boolean {
  return type.startsWith(pattern.slice(0, -1))
}

function groups(): string[] {
  return [...new Set(EVENT_TYPES.map((type) => `${type.split('.')[0]}.*`))]
}
