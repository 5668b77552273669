import type { ComputeStatus, ContainerStatus, JsonObject, ReadOptions, TenantRef } from '@landlord/compute-core'
import { advanceReplacement, engineClock, type Replacement } from './advance-replacement.ts'
import { type Assessment, assessContainer, assessReplacement, healthOf } from './assess-container.ts'
import { CONTAINER_LABELS } from './container-labels.ts'
import { fromContainer } from './from-container.ts'
import { lastLines } from './last-lines.ts'
import { observedConfig } from './observed-config.ts'
import { type Container, readTenant } from './read-tenant.ts'
import { resourceIds } from './resource-ids.ts'
import { tenantNotFound } from './tenant-not-found.ts'
import { type DockerContext, type TenantScope, tenantScope } from './tenant-scope.ts'
import { toEndpoints } from './to-endpoints.ts'

/** Reads the live state, and finishes or undoes a replacement that an update has begun. */
export async function getStatus(
  context: DockerContext,
  tenant: TenantRef,
  options: ReadOptions,
): Promise<ComputeStatus> {
  const scope = tenantScope(context, tenant.tenantId, options)
  const found = await readTenant(scope)
  if (found.kind === 'absent') throw tenantNotFound(scope)
  if (found.kind === 'single') return await statusOfOne(scope, tenant, found.current)
  const replacement = await advanceReplacement(scope, found)
  switch (replacement.kind) {
    case 'done':
    case 'undone':
      return await statusOfOne(scope, tenant, replacement.current)
    case 'under_way':
      return await statusOfTwo(scope, tenant, found, {
        settled: false,
        // The tenant runs as long as its old container does.
        state: found.current.State.Running ? 'running' : 'starting',
        message: replacement.message,
      })
    case 'rolled_back':
      return await statusOfTwo(
        scope,
        tenant,
        { ...found, current: replacement.current },
        await explain(scope, found.next, replacement),
      )
  }
}

type Outcome = Pick<ComputeStatus, 'settled' | 'state' | 'message' | 'reason'>

async function statusOfOne(scope: TenantScope, tenant: TenantRef, current: Container): Promise<ComputeStatus> {
  const clock = await engineClock(scope)
  const assessment = assessContainer(current, clock)
  const message = await withLastLines(scope, current, assessment)
  return {
    ...(await common(scope, tenant, current)),
    state: assessment.state,
    health: assessment.health,
    settled: assessment.settled,
    containers: [toContainerStatus(current, assessment)],
    resourceIds: resourceIds(current),
    ...(message === undefined ? {} : { message }),
    ...(assessment.reason === undefined ? {} : { reason: assessment.reason }),
    ...(assessment.idle === undefined ? {} : { idle: assessment.idle }),
  }
}

async function statusOfTwo(
  scope: TenantScope,
  tenant: TenantRef,
  { current, next }: { readonly current: Container; readonly next: Container },
  outcome: Outcome,
): Promise<ComputeStatus> {
  const clock = await engineClock(scope)
  const serving = current.State.Running || !next.State.Running ? current : next
  const old = assessContainer(current, clock)
  const base = await common(scope, tenant, serving)
  return {
    ...base,
    ...outcome,
    health: old.health,
    containers: [toContainerStatus(current, old), toContainerStatus(next, assessReplacement(next, clock))],
    resourceIds: resourceIds(current, next),
    instanceUsable: current.State.Running,
  }
}

async function explain(
  scope: TenantScope,
  next: Container,
  { why }: Extract<Replacement, { kind: 'rolled_back' }>,
): Promise<Outcome> {
  const message = await withLastLines(scope, next, why)
  return {
    settled: true,
    state: 'failed',
    reason: why.reason ?? 'failed',
    message: `the update was rolled back and the old container serves; the new one: ${message ?? why.state}`,
  }
}

async function common(scope: TenantScope, tenant: TenantRef, serving: Container) {
  const { connection } = await scope.client.session(scope.signal)
  const config = fromContainer(serving)
  const observed: JsonObject | undefined =
    config === undefined ? undefined : observedConfig(config, tenant.providerConfig)
  return {
    lastUpdated: scope.now().toISOString(),
    endpoints: serving.State.Running ? toEndpoints(serving, config, connection.publishedHost) : [],
    metadata: {
      container: serving.Name.slice(1),
      image_id: serving.Image,
      generation: serving.Config.Labels[CONTAINER_LABELS.generation] ?? '',
    } as Record<string, string>,
    ...(observed === undefined ? {} : { observedConfig: observed }),
  }
}

async function withLastLines(
  scope: TenantScope,
  container: Container,
  { state, message }: Assessment,
): Promise<string | undefined> {
  if (state !== 'failed') return message
  const lines = await lastLines(scope, container)
  return lines.length === 0 ? message : `${message}; it said last: ${lines.join(' | ')}`
}

function toContainerStatus(container: Container, { state, message }: Assessment): ContainerStatus {
  const { State, Config, RestartCount, Name } = container
  const ended = !State.Running && State.Status !== 'created'
  return {
    name: Name.slice(1),
    state,
    health: healthOf(container),
    image: Config.Image,
    ...(ended ? { exitCode: State.ExitCode } : {}),
    restartCount: RestartCount,
    ...(State.StartedAt.startsWith('0001-') ? {} : { startedAt: new Date(State.StartedAt).toISOString() }),
    ...(message === undefined ? {} : { message }),
  }
}
