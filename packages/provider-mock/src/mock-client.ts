import {
  type ComputeError,
  isOwnedBy,
  type JsonObject,
  type Ownership,
  type ReadOptions,
  throwIfAborted,
} from '@landlord/compute-core'
import type { MockCrashPointName } from './mock-crash-points.ts'
import type { MockResource, MockResourceKind } from './mock-resource.ts'
import { mockResourceName } from './mock-resource-name.ts'
import type { MockFailure, MockOperation, MockScript } from './mock-script.ts'
import type { ResolvedMockSettings } from './mock-settings.ts'
import type { MockTarget } from './mock-target.ts'
import { toMockConfig } from './to-mock-config.ts'
import { toScriptedError } from './to-scripted-error.ts'

/** One tenant's connection to the simulated target, with the tenant's script played on every call. */
export interface MockClient {
  readonly tenantId: string
  readonly name: string
  readonly ownership: Ownership
  readonly target: MockTarget
  readonly script: MockScript
  now(): Date
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Plays latency and failures around `work`, which runs between them. */
  call<Result>(operation: MockOperation, options: ReadOptions, work: () => Result | Promise<Result>): Promise<Result>
  /** Calls the host's hook when the script names this point and it has not been called there before. */
  reach(point: MockCrashPointName): Promise<void>
  /** Counts a write that the target carried out. */
  countWrite(write: `${MockResourceKind}.${'create' | 'update' | 'delete'}`): void
  isOurs(resource: MockResource | undefined): resource is MockResource
}

export function createMockClient(settings: ResolvedMockSettings, tenantId: string, config: JsonObject): MockClient {
  const { clock, world, onCrashPoint } = settings
  const { target } = world
  const script = toMockConfig(config).mock
  const ownership = { tenantId, provider: settings.name, installation: settings.installation }
  const scope = JSON.stringify([settings.installation, settings.name, tenantId])

  const sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    throwIfAborted(signal)
    if (milliseconds === 0) return
    try {
      await clock.sleep(milliseconds, signal)
    } catch (error) {
      throwIfAborted(signal)
      throw error
    }
  }

  return {
    tenantId,
    name: mockResourceName(tenantId),
    ownership,
    target,
    script,
    now: () => clock.now(),
    sleep,
    async call(operation, options, work) {
      throwIfAborted(options.signal)
      target.countCall(operation, tenantId)
      await sleep(script.latency_ms?.[operation] ?? script.latency_ms?.default ?? 0, options.signal)
      throwIfAborted(options.signal)
      const failure = nextFailure(operation)
      if (failure !== undefined && failure.applied !== true) throw toError(failure, options)
      const result = await work()
      if (failure !== undefined) throw toError(failure, options)
      return result
    },
    async reach(point) {
      if (script.crash_points?.includes(point) !== true) return
      if (target.takeOnce(`crash ${scope} ${point}`, 1)) await onCrashPoint({ name: point, tenantId })
    },
    countWrite: (write) => target.countCall(write, tenantId),
    isOurs: (resource): resource is MockResource => resource !== undefined && isOwnedBy(resource.labels, ownership),
  }

  function nextFailure(operation: MockOperation): MockFailure | undefined {
    return script.fail?.find(
      (failure, index) =>
        failure.operation === operation &&
        (failure.times === undefined ||
          target.takeOnce(`fail ${scope} ${index} ${JSON.stringify(failure)}`, failure.times)),
    )
  }

  function toError(failure: MockFailure, options: ReadOptions): ComputeError {
    options.logger.debug({ tenantId, ...failure }, 'mock: scripted failure')
    return toScriptedError(failure)
  }
}
