import { UpdateFailedError } from '@landlord/compute-core'
import { advanceReplacement, identify, type Replacement, resumeCurrent } from './advance-replacement.ts'
import type { DesiredState } from './desired-state.ts'
import { ensureImage } from './ensure-image.ts'
import { ensureVolumes } from './ensure-volumes.ts'
import { launchContainer } from './launch-container.ts'
import { mustStopFirst } from './must-stop-first.ts'
import { type Container, inspectContainer } from './read-tenant.ts'
import { fullStopWaitMs, stopContainer } from './stop-container.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * Starts a container that is to replace `current`, which serves on until the new one is proven (`advanceReplacement`). Only
 * where both cannot run beside each other is it stopped first. When the new one cannot be started, nothing is left of it, the
 * old one serves, and the error is thrown.
 */
export async function launchOver(scope: TenantScope, current: Container, desired: DesiredState): Promise<void> {
  try {
    await ensureImage(scope, desired.source, desired.onProgress)
    await ensureVolumes(scope, desired.config)
    const reason = mustStopFirst(current, desired.config)
    const launched = await launchContainer(scope, desired, {
      replaces: current,
      ...(reason === undefined ? {} : { beforeStart: () => stopForNext(scope, current, reason) }),
    })
    if (launched === undefined || !desired.suspended) return
    const next = await inspectContainer(scope, launched.id)
    if (next !== undefined) await advanceReplacement(scope, { current, next })
  } catch (error) {
    if (scope.signal.aborted) throw error
    const live = await inspectContainer(scope, current.Id)
    if (live !== undefined && current.State.Running && !desired.suspended) await resumeCurrent(scope, live)
    throw error
  }
}

/** The error for a replacement that started and then failed. */
export function rolledBack(
  scope: TenantScope,
  { current, why }: Extract<Replacement, { kind: 'rolled_back' }>,
): UpdateFailedError {
  return new UpdateFailedError({
    message: `the new container of tenant ${scope.ownership.tenantId} failed: ${why.message ?? why.state}; the old one still serves; correct the configuration and update again`,
    instanceUsable: current.State.Running,
    details: { reason: why.reason ?? 'failed' },
  })
}

async function stopForNext(scope: TenantScope, current: Container, reason: string): Promise<void> {
  scope.logger.info({ container: current.Name, reason }, 'stopping the old container before the new one starts')
  const { graceSeconds } = identify(current)
  await stopContainer(scope, { ...identify(current), waitMs: fullStopWaitMs(graceSeconds) })
}
