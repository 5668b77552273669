import { type JsonObject, mergeConfig } from '@landlord/compute-core'
import { type MockClock, systemClock } from './mock-clock.ts'
import { createMockWorld, type MockWorld } from './mock-world.ts'

export interface MockCrashPoint {
  /** E.g. `provision.network_created`. */
  readonly name: string
  readonly tenantId: string
}

export interface MockProviderSettings {
  /** This control plane's id; part of every ownership mark. */
  readonly installation: string
  /** The provider's name. Default `mock`. */
  readonly name?: string
  /** Laid over the built-in defaults; both are merged under a tenant's `compute_config`. */
  readonly defaults?: JsonObject
  /** The simulated target. Default: one of its own, in memory, that is closed with the provider. */
  readonly world?: MockWorld
  /** The target's clock. Default: the system's. */
  readonly clock?: MockClock
  /** Called at the crash points that a tenant's script names, once for each. End the process, or throw. */
  readonly onCrashPoint?: (point: MockCrashPoint) => void | Promise<void>
}

const BUILT_IN_DEFAULTS: JsonObject = { image: 'mock', env: {}, replicas: 1, endpoints: [], mock: {} }

/** Settings with every gap filled. */
export interface ResolvedMockSettings {
  readonly installation: string
  readonly name: string
  readonly defaults: JsonObject
  readonly world: MockWorld
  readonly ownsWorld: boolean
  readonly clock: MockClock
  readonly onCrashPoint: (point: MockCrashPoint) => void | Promise<void>
}

export function resolveMockSettings(settings: MockProviderSettings): ResolvedMockSettings {
  if (settings.installation === '') throw new TypeError('createMockProvider needs an installation id; it is empty')
  return Object.freeze({
    installation: settings.installation,
    name: settings.name ?? 'mock',
    defaults: mergeConfig(BUILT_IN_DEFAULTS, settings.defaults ?? {}),
    world: settings.world ?? createMockWorld(),
    ownsWorld: settings.world === undefined,
    clock: settings.clock ?? systemClock,
    onCrashPoint: settings.onCrashPoint ?? (() => {}),
  })
}
