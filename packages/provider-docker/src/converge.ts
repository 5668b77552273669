import type { ConfigChange } from '@landlord/compute-core'
import { advanceReplacement, identify, resumeCurrent } from './advance-replacement.ts'
import { restartsAlways } from './assess-container.ts'
import { CONTAINER_LABELS } from './container-labels.ts'
import type { DesiredState } from './desired-state.ts'
import { diffDesired, diffImage, needsReplacement } from './diff-desired.ts'
import { ensureImage, pullsEveryTime } from './ensure-image.ts'
import { hasHostOptions } from './from-container.ts'
import { launchOver, rolledBack } from './launch-over.ts'
import { reasonOf } from './map-docker-error.ts'
import { type Container, inspectContainer, type TenantContainers } from './read-tenant.ts'
import { removeContainer } from './remove-container.ts'
import { startContainer } from './start-container.ts'
import { fullStopWaitMs, stopContainer } from './stop-container.ts'
import type { TenantScope } from './tenant-scope.ts'
import { toResourceLimits, toRestartPolicy } from './to-create-container-input.ts'

export interface Convergence {
  readonly status: 'in_progress' | 'success' | 'no_changes'
  readonly changes: readonly ConfigChange[]
}

type Existing = Exclude<TenantContainers, { kind: 'absent' }>

/** Moves a tenant that has containers towards what is desired: one step, from wherever the last call or process stopped. */
export async function converge(scope: TenantScope, existing: Existing, desired: DesiredState): Promise<Convergence> {
  let { current } = existing
  await removeAll(scope, existing.strays)
  if (existing.kind === 'replacing') {
    const goesOn = await continueReplacement(scope, existing, desired)
    if (goesOn !== undefined) return goesOn
    current = (await inspectContainer(scope, current.Id)) ?? current
  }
  // Not before: a registry that is away must not keep a tenant from being suspended or a replacement from its end.
  const changes = changesFor(current, desired, await pulledImage(scope, desired))
  const cleaned = existing.kind === 'replacing' || existing.strays.length > 0
  const restart = desired.restartToken !== undefined && desired.restartToken !== labelOf(current, 'restartToken')
  const recreate =
    needsReplacement(changes) ||
    (restart && !desired.suspended) ||
    mustRecreateToSuspend(current, desired) ||
    // Nothing starts such a container again.
    current.State.Status === 'dead'
  if (recreate) {
    await launchOver(scope, current, desired)
    return { status: 'in_progress', changes }
  }
  if (changes.length > 0) await updateInPlace(scope, current, desired)
  const moved = await setRunning(scope, current, desired)
  if (moved) return { status: 'in_progress', changes }
  return { status: changes.length > 0 || cleaned ? 'success' : 'no_changes', changes }
}

function changesFor(current: Container, desired: DesiredState, imageId: string | undefined): ConfigChange[] {
  const changes = diffDesired(current, desired.config, desired.secrets)
  const renamed = changes.some(({ path }) => path === '/image')
  if (imageId === undefined || renamed || desired.source.pull_policy !== 'always') return changes
  return [...diffImage(current, desired.config, imageId), ...changes]
}

/** Undefined when the replacement under way is of no use for what is desired now: it has been removed. */
async function continueReplacement(
  scope: TenantScope,
  { current, next }: { readonly current: Container; readonly next: Container },
  desired: DesiredState,
): Promise<Convergence | undefined> {
  const sameOperation = labelOf(next, 'operation') === desired.operationId
  const asked =
    !needsReplacement(changesFor(next, desired, undefined)) &&
    (desired.restartToken === undefined || labelOf(next, 'restartToken') === desired.restartToken) &&
    (labelOf(next, 'suspended') === 'true') === desired.suspended
  // Another operation may be after a tag that has moved since.
  const fits =
    asked && (sameOperation || !needsReplacement(changesFor(next, desired, await pulledImage(scope, desired))))
  const neverStarted = next.State.Status === 'created' && !desired.suspended
  if (fits && !neverStarted) {
    const replacement = await advanceReplacement(scope, { current, next })
    if (replacement.kind !== 'rolled_back')
      return { status: 'in_progress', changes: changesFor(current, desired, undefined) }
    if (sameOperation) throw rolledBack(scope, replacement)
  }
  await removeContainer(scope, next.Id, identify(next).name)
  if (!desired.suspended) await resumeCurrent(scope, current)
  return undefined
}

/** What suspends and resumes. True when it changed something. */
async function setRunning(scope: TenantScope, current: Container, desired: DesiredState): Promise<boolean> {
  const { Status } = current.State
  if (desired.suspended) {
    if (['created', 'exited', 'dead'].includes(Status)) return false
    // Nothing at the engine tells a stopping container from a running one: a suspension is reported when it is complete.
    const { graceSeconds } = identify(current)
    await stopContainer(scope, { ...identify(current), waitMs: fullStopWaitMs(graceSeconds) })
    return true
  }
  // A job that has ended stays so; what restarts always was stopped by somebody.
  const shouldRun = Status === 'created' || (Status === 'exited' && restartsAlways(current))
  if (!shouldRun) return false
  try {
    await startContainer(scope, current.Id, identify(current).name)
  } catch (error) {
    if (reasonOf(error) !== 'network_changed') throw error
    // A stopped container does not keep its network from being removed, and cannot be given another one.
    await launchOver(scope, current, desired)
  }
  return true
}

/** A job that was stopped looks like one that has ended, well or not; a fresh container that was never started does not. */
function mustRecreateToSuspend(current: Container, desired: DesiredState): boolean {
  const { Running, Status, ExitCode } = current.State
  const hasFailed = Status === 'exited' && ExitCode !== 0
  return desired.suspended && (Running || hasFailed) && !restartsAlways(current)
}

async function updateInPlace(scope: TenantScope, current: Container, { config }: DesiredState): Promise<void> {
  await scope.client.request({
    action: `update container ${identify(current).name}`,
    method: 'POST',
    path: `/containers/${current.Id}/update`,
    body: {
      // An engine without a host changes no limits in place.
      ...(hasHostOptions(current) ? toResourceLimits(config.resources, true) : {}),
      RestartPolicy: toRestartPolicy(config.restart_policy),
    },
    signal: scope.signal,
  })
}

/** The image's id where it must be pulled whatever the engine has. */
async function pulledImage(scope: TenantScope, desired: DesiredState): Promise<string | undefined> {
  if (desired.suspended || !pullsEveryTime(desired.source)) return undefined
  return await ensureImage(scope, desired.source, desired.onProgress)
}

async function removeAll(scope: TenantScope, containers: readonly Container[]): Promise<void> {
  for (const container of containers) await removeContainer(scope, container.Id, identify(container).name)
}

function labelOf(container: Container, label: keyof typeof CONTAINER_LABELS): string {
  return container.Config.Labels[CONTAINER_LABELS[label]] ?? ''
}
