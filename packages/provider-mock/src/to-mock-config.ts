import type { JsonObject } from '@landlord/compute-core'
import type { MockConfig } from './mock-script.ts'

/** Fills the gaps of a valid configuration, so that two that mean the same are equal. */
export function toMockConfig(config: JsonObject): MockConfig {
  const given = config as Partial<MockConfig>
  return {
    image: given.image ?? 'mock',
    env: given.env ?? {},
    replicas: given.replicas ?? 1,
    endpoints: given.endpoints ?? [],
    mock: given.mock ?? {},
  }
}

/** A copy as plain JSON. */
export function toJsonConfig(config: MockConfig): JsonObject {
  return JSON.parse(JSON.stringify(config)) as JsonObject
}
