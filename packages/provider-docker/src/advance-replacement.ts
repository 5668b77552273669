import { ADOPTED_CONTAINER, removeMarker } from './adoption-marker.ts'
import { type Assessment, assessReplacement, createdSuspended } from './assess-container.ts'
import { fromContainer } from './from-container.ts'
import type { Container } from './read-tenant.ts'
import { inspectContainer } from './read-tenant.ts'
import { removeContainer } from './remove-container.ts'
import { START_TIMEOUT_MS, startContainer } from './start-container.ts'
import { fullStopWaitMs, stopContainer } from './stop-container.ts'
import type { TenantScope } from './tenant-scope.ts'

/** A replacement that nobody has started for at least so long belongs to a process that died. */
const ABANDONED_AFTER_MS = 60_000

export type Replacement =
  /** `next` has taken over and the old container is gone. */
  | { readonly kind: 'done'; readonly current: Container }
  | { readonly kind: 'under_way'; readonly message: string }
  /** `next` was never started by a process that died; it is removed, and the old container serves. */
  | { readonly kind: 'undone'; readonly current: Container }
  /** `next` has failed and is stopped, kept as the evidence; the old container serves. */
  | { readonly kind: 'rolled_back'; readonly current: Container; readonly why: Assessment }

/**
 * Moves a replacement on from wherever it stands: takes over, waits, or rolls back. Every step is written so that it can run
 * twice, and the next call, of whatever operation and process, finds the state in the containers themselves. Removing the old
 * container is the one step that decides.
 */
export async function advanceReplacement(
  scope: TenantScope,
  pair: { readonly current: Container; readonly next: Container },
): Promise<Replacement> {
  const { current, next } = pair
  const clock = await engineClock(scope)
  const toBeStarted = next.State.Status === 'created' && !next.State.Error && !createdSuspended(next)
  if (toBeStarted) {
    if (clock.now.getTime() - Date.parse(next.Created) < abandonedAfterMs(current))
      return { kind: 'under_way', message: 'the new container is about to start' }
    return await abandon(scope, pair)
  }
  const assessment = assessReplacement(next, clock)
  if (!assessment.settled)
    return { kind: 'under_way', message: `the new container: ${assessment.message ?? assessment.state}` }
  if (assessment.state === 'failed') return await rollBack(scope, pair, assessment)
  // Another call may have discarded it meanwhile: never remove the old one on what was read a while ago.
  if (!(await isStillThere(scope, next))) return { kind: 'under_way', message: 'the new container has just gone away' }
  if (!(await stopContainer(scope, identify(current)))) {
    return { kind: 'under_way', message: 'the new container serves, the old one is stopping' }
  }
  await removeContainer(scope, current.Id, identify(current).name)
  if (current.Config.Labels[ADOPTED_CONTAINER] !== undefined) await removeMarker(scope)
  scope.logger.info({ container: next.Name, replaced: current.Id }, 'the new container has taken over')
  return { kind: 'done', current: next }
}

/** The engine's clock, corrected for the difference to ours. */
export async function engineClock(scope: TenantScope): Promise<{ now: Date; stableAfterMs: number }> {
  const { clockOffsetMs } = await scope.client.session(scope.signal)
  return {
    now: new Date(scope.now().getTime() + clockOffsetMs),
    stableAfterMs: scope.settings.stable_after_seconds * 1000,
  }
}

export function identify(container: Container): { id: string; name: string; graceSeconds?: number } {
  const graceSeconds = fromContainer(container)?.stop_timeout_seconds
  return { id: container.Id, name: container.Name.slice(1), ...(graceSeconds === undefined ? {} : { graceSeconds }) }
}

/** Makes the old container serve again, where it was stopped for the new one. */
export async function resumeCurrent(scope: TenantScope, current: Container): Promise<void> {
  if (!isDown(current) || current.State.Status === 'dead') return
  await startContainer(scope, current.Id, identify(current).name)
}

// Between creating the new container and starting it, its process may wait for the old one's stop.
function abandonedAfterMs(current: Container): number {
  return Math.max(ABANDONED_AFTER_MS, fullStopWaitMs(identify(current).graceSeconds) + START_TIMEOUT_MS)
}

async function rollBack(
  scope: TenantScope,
  { current, next }: { current: Container; next: Container },
  why: Assessment,
): Promise<Replacement> {
  if (!isDown(next)) {
    scope.logger.warn({ container: next.Name, reason: why.reason }, 'the new container failed; rolling back')
    await forbidRestarts(scope, next)
    if (!(await stopContainer(scope, identify(next)))) return { kind: 'under_way', message: 'rolling back' }
  }
  await resumeCurrent(scope, current)
  return { kind: 'rolled_back', current: (await inspectContainer(scope, current.Id)) ?? current, why }
}

// A process died between creating the new container and starting it. Undoing it needs no decision of anybody.
async function abandon(
  scope: TenantScope,
  { current, next }: { current: Container; next: Container },
): Promise<Replacement> {
  await removeContainer(scope, next.Id, identify(next).name)
  await resumeCurrent(scope, current)
  return { kind: 'undone', current: (await inspectContainer(scope, current.Id)) ?? current }
}

async function isStillThere(scope: TenantScope, next: Container): Promise<boolean> {
  const live = await inspectContainer(scope, next.Id)
  return live !== undefined && live.State.Running === next.State.Running
}

// Else the engine would start it again after a reboot.
async function forbidRestarts(scope: TenantScope, container: Container): Promise<void> {
  await scope.client.request({
    action: `keep container ${identify(container).name} from restarting`,
    method: 'POST',
    path: `/containers/${container.Id}/update`,
    body: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    signal: scope.signal,
  })
}

function isDown(container: Container): boolean {
  return ['exited', 'created', 'dead'].includes(container.State.Status)
}
