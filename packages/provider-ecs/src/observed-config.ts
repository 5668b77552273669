import { isDeepStrictEqual } from 'node:util'
import type { Service } from '@aws-sdk/client-ecs'
import { isJsonObject, type JsonObject, type JsonValue } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import { fromEcsService } from './from-ecs-service.ts'
import { normaliseDesired, toJson } from './normal-service.ts'

/**
 * What runs, in the terms of the accepted configuration: where both mean the same, the accepted wording stands, so that a
 * comparison shows differences of meaning only. What cannot be observed is taken as accepted; of the tags only those are
 * shown that the configuration has, as labels are not part of it.
 */
export function observedConfig(service: Service, desired: DesiredService): JsonObject {
  const accepted = JSON.parse(JSON.stringify(desired.config)) as JsonObject
  const tags = Object.keys(desired.config.tags ?? {})
  const [live, wanted] = [fromEcsService(service, normaliseDesired(desired)), normaliseDesired(desired)].map((normal) =>
    toJson({ ...normal, tags: Object.fromEntries(Object.entries(normal.tags).filter(([key]) => tags.includes(key))) }),
  )
  return observe({ live: live ?? {}, wanted: wanted ?? {}, accepted })
}

function observe(states: {
  readonly live: JsonObject
  readonly wanted: JsonObject
  readonly accepted: JsonObject
}): JsonObject {
  const { live, wanted, accepted } = states
  const keys = new Set([...Object.keys(accepted), ...Object.keys(live)])
  const entries = [...keys].map((key): [string, JsonValue | undefined] => {
    const [is, should, told] = [live[key], wanted[key], accepted[key]]
    if (isDeepStrictEqual(is, should)) return [key, told]
    if (!isJsonObject(is) || !isJsonObject(should)) return [key, is]
    return [key, observe({ live: is, wanted: should, accepted: isJsonObject(told) ? told : {} })]
  })
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
}
