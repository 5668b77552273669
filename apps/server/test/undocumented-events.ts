import { EVENT_CATALOG } from '@landlord/api-contract'
import { Value } from 'typebox/value'

interface RecordedEvent {
  readonly type: string
  readonly data: string
}

/** What a server has recorded that its documentation does not say, one line each. */
export function undocumentedEvents(events: readonly RecordedEvent[]): string[] {
  return [...new Set(events.flatMap(complaints))]
}

function complaints({ type, data }: RecordedEvent): string[] {
  const schema = Object.entries(EVENT_CATALOG).find(([name]) => name === type)?.[1].data
  if (schema === undefined) return [`${type}: is not there`]
  const facts = JSON.parse(data) as Record<string, unknown>
  const unknown = Object.keys(facts).filter((key) => !Object.hasOwn(schema.properties, key))
  return [
    ...unknown.map((key) => `${type}: data.${key} is not described`),
    ...Value.Errors(schema, facts).map(({ instancePath, message }) => `${type}: data${instancePath} ${message}`),
  ]
}
