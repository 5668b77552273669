import type { Service, Tag, UpdateServiceCommandInput } from '@aws-sdk/client-ecs'
import { type ConfigChange, UnavailableError } from '@landlord/compute-core'
import { assessService } from './assess-service.ts'
import type { DesiredService } from './desired-service.ts'
import { diffService, needsNewService } from './diff-service.ts'
import { preflight } from './preflight.ts'
import { PROVIDER_TAGS, readTags } from './provider-tags.ts'
import { REPLACING, replaceService } from './replace-service.ts'
import { type EcsHandle, serviceHandle, writtenHandle } from './resource-ids.ts'
import { type RestartStep, restartStep } from './restart-step.ts'
import { assertOwnService } from './service-ownership.ts'
import { type Suspension, suspensionStep } from './suspension.ts'
import type { TenantScope } from './tenant-scope.ts'
import { toUpdateServiceInput } from './to-update-service-input.ts'

export interface Converged {
  readonly status: 'no_changes' | 'in_progress'
  readonly changes: readonly ConfigChange[]
  readonly handle: EcsHandle
  readonly message?: string
}

export interface ConvergeInput {
  /** ACTIVE, from a fresh read. */
  readonly service: Service
  readonly desired: DesiredService
  readonly handle: EcsHandle
}

/**
 * Moves an existing service to what is wanted, from wherever an earlier call has left it: each write is decided by what the
 * service shows, so that a call that died after any of them is finished by the next one.
 */
export async function converge(scope: TenantScope, input: ConvergeInput): Promise<Converged> {
  const { service, desired, handle } = input
  assertOwnService(scope, desired.target, service)
  const changes = diffService(service, desired)
  if (needsNewService(changes)) {
    const former = desired.target
    const next = await replaceService(scope, { former, service, desired, changes })
    return { status: 'in_progress', changes, handle: next, message: REPLACING }
  }
  const steps = planSteps(scope, input, changes)
  if (steps.writes === 0) {
    return { status: 'no_changes', changes, handle: serviceHandle(desired.target, service, handle) }
  }
  if (changes.some(({ effect }) => effect === 'replace')) {
    const capacityProviderStrategy = steps.update?.capacityProviderStrategy
    await preflight(scope, desired, capacityProviderStrategy === undefined ? service : { capacityProviderStrategy })
  }
  return await carryOut(scope, input, { ...steps, changes })
}

interface Steps {
  readonly writes: number
  readonly untagFirst: readonly string[]
  readonly tagFirst: readonly Tag[]
  readonly update: UpdateServiceCommandInput | undefined
  readonly tagLast: readonly Tag[]
  readonly untagLast: readonly string[]
}

function planSteps(scope: TenantScope, input: ConvergeInput, changes: readonly ConfigChange[]): Steps {
  const { service: live, desired } = input
  const suspension = suspensionStep(live, desired)
  const restart = restartStep(live, desired)
  const forceNewDeployment = (restart.kind === 'restart' && restart.force) || hasFailed(scope, input)
  const { service: update, tags } = toUpdateServiceInput({ live, desired, changes, forceNewDeployment })
  const steps = {
    untagFirst: tags.remove,
    tagFirst: [...tags.set, ...suspensionTags(live, suspension), ...(restart.kind === 'restart' ? restart.before : [])],
    update,
    tagLast: restart.kind === 'restart' ? [restart.after] : [],
    untagLast: leftoverTags(live, { suspension, restart }),
  }
  const { untagFirst, tagFirst, tagLast, untagLast } = steps
  const writes =
    untagFirst.length + tagFirst.length + tagLast.length + untagLast.length + (update === undefined ? 0 : 1)
  return { ...steps, writes }
}

/** ECS has given up on the deployment, or never will: asked again for the same, it is to try again. */
function hasFailed(scope: TenantScope, { service, desired }: ConvergeInput): boolean {
  if (desired.suspended) return false
  const assessment = assessService({
    service,
    handle: {},
    taskDefinition: desired.config.task_definition_arn,
    now: scope.now(),
    consistencyWindowSeconds: 0,
  })
  return assessment.kind === 'failed' && assessment.failure.how !== 'rolled_back'
}

// The size is written down before it is lost.
function suspensionTags(live: Service, suspension: Suspension): Tag[] {
  if (suspension.kind !== 'suspend') return []
  const value = String(suspension.remember)
  const key = PROVIDER_TAGS.suspendedCount
  return readTags(live)[key] === value ? [] : [{ key, value }]
}

function leftoverTags(live: Service, done: { suspension: Suspension; restart: RestartStep }): string[] {
  const tags = readTags(live)
  const { suspendedCount, restarting } = PROVIDER_TAGS
  const isRestarting = tags[restarting] !== undefined
  const begins = done.restart.kind === 'restart' && done.restart.before.length > 0
  return [
    ...(done.suspension.kind === 'resume' && tags[suspendedCount] !== undefined ? [suspendedCount] : []),
    ...(begins || isRestarting ? [restarting] : []),
  ]
}

async function carryOut(
  scope: TenantScope,
  { service, desired, handle }: ConvergeInput,
  steps: Steps & { readonly changes: readonly ConfigChange[] },
): Promise<Converged> {
  const { target } = desired
  const { changes, update } = steps
  const arn = service.serviceArn ?? ''
  const call = scope.call('change')
  if (steps.untagFirst.length > 0) await scope.api.untagService(target, arn, steps.untagFirst, call)
  if (steps.tagFirst.length > 0) await scope.api.tagService(target, arn, steps.tagFirst, call)
  const updated = update === undefined ? undefined : await updateService(scope, desired, update)
  if (steps.tagLast.length > 0) await scope.api.tagService(target, arn, steps.tagLast, call)
  if (steps.untagLast.length > 0) await scope.api.untagService(target, arn, steps.untagLast, call)
  const next =
    updated === undefined
      ? serviceHandle(target, service, handle)
      : writtenHandle(target, updated, { at: scope.now(), desiredCount: update?.desiredCount, before: handle })
  return { status: 'in_progress', changes, handle: next, message: describe(changes, updated !== undefined) }
}

async function updateService(
  scope: TenantScope,
  { target }: DesiredService,
  input: UpdateServiceCommandInput,
): Promise<Service> {
  scope.onProgress(`updating service ${target.serviceName}`)
  const outcome = await scope.api.updateService(target, input, scope.call('change'))
  if (outcome.kind === 'updated') return outcome.service
  const why = outcome.kind === 'not_found' ? 'ECS does not find it yet' : 'it is being deleted'
  throw new UnavailableError({
    message: `service ${target.serviceName} on cluster ${target.clusterName} was there a moment ago, but cannot be updated: ${why}; try again`,
    details: { service: target.serviceName, cluster: target.clusterArn },
  })
}

function describe(changes: readonly ConfigChange[], isUpdated: boolean): string {
  if (changes.length === 0) return isUpdated ? 'the service is being updated' : 'the service’s tags are up to date'
  return `changed: ${changes.map(({ path }) => path).join(', ')}`
}
