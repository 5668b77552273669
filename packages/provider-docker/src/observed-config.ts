import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@landlord/compute-core'
import type { DockerConfig } from './docker-config.ts'
import { type NormalisedConfig, normaliseConfig, toJson } from './normalise-config.ts'

/**
 * What runs, in the terms of the accepted configuration: where both mean the same, the accepted wording stands, so that a
 * comparison shows differences of meaning only. How to get the image cannot be observed and is taken as accepted.
 */
export function observedConfig(live: NormalisedConfig, accepted: JsonObject): JsonObject {
  if (typeof accepted.image !== 'string') return toJson(live)
  const wanted = toJson(normaliseConfig({ ...(accepted as Partial<DockerConfig>), image: accepted.image }))
  const observed: JsonObject = {}
  for (const key of ['pull_policy', 'registry_auth']) if (accepted[key] !== undefined) observed[key] = accepted[key]
  for (const [key, value] of Object.entries(toJson(live))) {
    if (!isDeepStrictEqual(value, wanted[key])) observed[key] = value
    else if (accepted[key] !== undefined) observed[key] = accepted[key]
  }
  return observed
}
