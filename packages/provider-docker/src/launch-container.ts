import { setTimeout as delay } from 'node:timers/promises'
import { ConflictError, isOwnedBy } from '@landlord/compute-core'
import { CONTAINER_LABELS } from './container-labels.ts'
import type { DesiredState } from './desired-state.ts'
import { ensureNetwork } from './ensure-network.ts'
import { reasonOf } from './map-docker-error.ts'
import { type Container, inspectContainer } from './read-tenant.ts'
import { removeContainer } from './remove-container.ts'
import { startContainer } from './start-container.ts'
import type { TenantScope } from './tenant-scope.ts'
import { toCreateContainerInput } from './to-create-container-input.ts'

// Between our look and our start another tenant's destroy may remove the shared network, or another process make a second one.
const MAX_NETWORK_TRIES = 5
const NAME_POLL_MS = 50
const MAX_NAME_TRIES = 100
/** How long the start of a container may be on its way when it is seen to be created. */
const START_PATIENCE_MS = 2_000
/** The engine's own network has no aliases. */
const DEFAULT_NETWORK = 'bridge'

export interface LaunchOptions {
  /** The container that the new one is to take over from. */
  readonly replaces?: Container
  /** Called between creation and start. */
  readonly beforeStart?: () => Promise<void>
}

export interface Launched {
  readonly id: string
  readonly name: string
}

/**
 * Creates the tenant's container and starts it, unless the tenant is suspended. When the start fails, the container is removed
 * again and the error thrown. Undefined when another call has created it meanwhile.
 */
export async function launchContainer(
  scope: TenantScope,
  desired: DesiredState,
  options: LaunchOptions = {},
): Promise<Launched | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const created = await createContainer(scope, desired, options.replaces)
      if (created !== undefined && !desired.suspended) await start(scope, desired, created, options)
      return created
    } catch (error) {
      if (reasonOf(error) !== 'network_changed' || attempt === MAX_NETWORK_TRIES) throw error
    }
  }
}

async function start(
  scope: TenantScope,
  desired: DesiredState,
  { id, name }: Launched,
  { beforeStart }: LaunchOptions,
): Promise<void> {
  try {
    await beforeStart?.()
    desired.onProgress(`starting container ${name}`)
    await startContainer(scope, id, name)
  } catch (error) {
    // Cancelled, not failed: the next call goes on with it.
    if (!scope.signal.aborted) await removeContainer(scope, id, name)
    throw error
  }
}

async function createContainer(
  scope: TenantScope,
  desired: DesiredState,
  replaces: Container | undefined,
): Promise<Launched | undefined> {
  const { names } = scope
  // Two names, and the current container has one of them: two replacements at once cannot come into being.
  const name = replaces?.Name === `/${names.container}` ? names.replacement : names.container
  const { apiVersion } = await scope.client.session(scope.signal)
  const body = toCreateContainerInput({
    desired,
    marks: scope.marks,
    ...(replaces === undefined ? {} : { replaces: replaces.Id }),
    network: await networkFor(scope, desired),
    volumeName: names.volume,
    apiVersion,
    hostOptions: scope.settings.host_options,
  })
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { Id } = await scope.client.request<{ Id: string }>({
        action: `create container ${name}`,
        method: 'POST',
        path: '/containers/create',
        query: { name },
        body,
        signal: scope.signal,
      })
      return { id: Id, name }
    } catch (error) {
      if (reasonOf(error) !== 'name_taken') throw error
      const holder = await ownHolder(scope, name)
      if (holder !== undefined && !(await isLeftBehind(scope, holder, desired))) return undefined
      if (attempt === MAX_NAME_TRIES) throw error
      await delay(NAME_POLL_MS, undefined, { signal: scope.signal }).catch(() => undefined)
    }
  }
}

async function networkFor(scope: TenantScope, { config }: DesiredState): Promise<{ id: string; alias?: string }> {
  if (config.network_mode === 'none') return { id: 'none' }
  const network = await ensureNetwork(scope)
  return network.name === DEFAULT_NETWORK ? { id: network.id } : { id: network.id, alias: scope.names.container }
}

/** Undefined while nobody can be seen to hold the name: the engine reserves it first and shows the container later. */
async function ownHolder(scope: TenantScope, name: string): Promise<Container | undefined> {
  const holder = await inspectContainer(scope, name)
  if (holder === undefined || isOwnedBy(holder.Config.Labels, scope.ownership)) return holder
  throw new ConflictError({
    message: `a container named ${name} exists and is not this tenant's; remove or rename it, or choose another label_prefix`,
    details: { reason: 'name_taken', container: name, container_id: holder.Id },
  })
}

/**
 * An earlier try of the same operation was cut off while the engine made its container, which nobody is going to start: it is
 * removed, and the name is free again.
 */
async function isLeftBehind(scope: TenantScope, holder: Container, desired: DesiredState): Promise<boolean> {
  const isSameOperation = holder.Config.Labels[CONTAINER_LABELS.operation] === desired.operationId
  if (!isSameOperation || desired.suspended) return false
  for (let waitedMs = 0; waitedMs < START_PATIENCE_MS; waitedMs += NAME_POLL_MS) {
    const live = await inspectContainer(scope, holder.Id)
    if (live === undefined) return true
    if (live.State.Status !== 'created') return false
    await delay(NAME_POLL_MS, undefined, { signal: scope.signal }).catch(() => undefined)
  }
  await removeContainer(scope, holder.Id, holder.Name.slice(1))
  return true
}
