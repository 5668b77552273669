import { isDeepStrictEqual } from 'node:util'
import type { Service } from '@aws-sdk/client-ecs'
import { isJsonObject, type JsonObject, parsePointer } from '@landlord/compute-core'
import { desiredService } from './desired-service.ts'
import type { EcsConfig } from './ecs-config.ts'
import { fromEcsService } from './from-ecs-service.ts'
import { normaliseDesired, toJson } from './normal-service.ts'

/**
 * The configuration that describes a service as it runs: what equals the default is left out, unless `missing` asks for it. Without
 * its size, which may be an autoscaler's, and without its tags, which are somebody else's.
 */
export function liveConfig(service: Service, missing: (config: JsonObject) => readonly string[]): JsonObject {
  const { desired_count: _, tags: __, ...live } = toJson(fromEcsService(service))
  const shortest = shorten(live)
  const needed = missing(shortest).map((pointer) => parsePointer(pointer)[0] ?? '')
  return { ...Object.fromEntries(Object.entries(live).filter(([key]) => needed.includes(key))), ...shortest }
}

/** What cannot be left out whatever it is. */
const IDENTITY = ['cluster_arn', 'service_name', 'task_definition_arn']

function shorten(live: JsonObject): JsonObject {
  const wanted = normal(live)
  return paths(live).reduce((config, path) => {
    const shorter = without(config, path)
    return isDeepStrictEqual(normal(shorter), wanted) ? shorter : config
  }, live)
}

function normal(config: JsonObject): JsonObject {
  const described: unknown = config
  return toJson(normaliseDesired(desiredService({ tenantId: '', installation: '', config: described as EcsConfig })))
}

/** Keys, then the keys of objects. */
function paths(config: JsonObject): string[][] {
  const keys = Object.keys(config).filter((key) => !IDENTITY.includes(key))
  const inner = keys.flatMap((key) =>
    Object.keys(isJsonObject(config[key]) ? config[key] : {}).map((name) => [key, name]),
  )
  return [...keys.map((key) => [key]), ...inner]
}

function without(config: JsonObject, [key = '', name]: readonly string[]): JsonObject {
  const { [key]: value, ...rest } = config
  if (name === undefined) return rest
  if (!isJsonObject(value)) return config
  const { [name]: _, ...others } = value
  return { ...rest, [key]: others }
}
