import {
  type ConfigChange,
  diffSecrets,
  fingerprintsOf,
  type ResolvedSecrets,
  type TenantComputeSpec,
} from '@landlord/compute-core'
import { diffMockConfig } from './diff-mock-config.ts'
import type { MockService } from './mock-resource.ts'
import { liveConfig, servicePhase } from './service-phase.ts'
import { toMockConfig } from './to-mock-config.ts'

export interface NextService {
  readonly changes: ConfigChange[]
  /** Undefined when there is nothing to write. `startFailure` is for the target to decide. */
  readonly service: MockService | undefined
}

export interface ServiceContext {
  readonly now: Date
  readonly generation: number
  /** Undefined while nothing runs that would need them. */
  readonly secrets: ResolvedSecrets | undefined
}

/** What a service has to become for `spec`, from what it is now. Pure. */
export function nextService(
  current: MockService | undefined,
  spec: TenantComputeSpec,
  { now, generation, secrets }: ServiceContext,
): NextService {
  const config = toMockConfig(spec.providerConfig)
  const live = current === undefined ? undefined : liveConfig(current, now)
  const changes = [
    ...diffMockConfig(live, config),
    ...(secrets === undefined ? [] : diffSecrets(current?.secrets ?? {}, secrets)),
  ]
  const suspended = spec.suspended ?? false
  const restartToken = spec.restartToken ?? current?.restartToken ?? ''
  const phase = current === undefined ? undefined : servicePhase(current, now)

  const same =
    current !== undefined &&
    changes.length === 0 &&
    current.suspended === suspended &&
    current.restartToken === restartToken &&
    // A start that failed is tried again, with the same configuration too.
    phase !== 'failed'
  if (same) return { changes, service: undefined }

  const serving = phase === 'running' || phase === 'unhealthy' ? live : current?.previous
  return {
    changes,
    service: {
      config,
      ...(serving === undefined || suspended ? {} : { previous: serving }),
      suspended,
      restartToken,
      secrets: secrets === undefined ? (current?.secrets ?? {}) : fingerprintsOf(secrets),
      changedAt: now.getTime(),
      settlesAt: config.mock.never_settle === true ? null : now.getTime() + (config.mock.ready_after_ms ?? 0),
      startFailure: null,
      goneAt: null,
      generation,
    },
  }
}
