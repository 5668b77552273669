import { realpath } from 'node:fs/promises'
import { ConflictError, InvalidConfigError, isOwnedBy } from '@landlord/compute-core'
import type { VolumeInspectInfo } from 'dockerode'
import { checkBindMount } from './check-bind-mount.ts'
import { isGone } from './map-docker-error.ts'
import type { NormalisedConfig } from './normalise-config.ts'
import type { TenantScope } from './tenant-scope.ts'

/** Creates the tenant's named volumes and checks its host folders. Gives the names of those volumes that were not there. */
export async function ensureVolumes(scope: TenantScope, config: NormalisedConfig): Promise<string[]> {
  const created: string[] = []
  for (const [index, { type, source = '' }] of config.volumes.entries()) {
    if (type === 'bind') await checkLinks(scope, source, `/volumes/${index}/source`)
    if (type !== 'volume') continue
    const name = scope.names.volume(source)
    if (await ensureVolume(scope, name)) created.push(name)
  }
  return created
}

export async function removeVolume(scope: TenantScope, name: string): Promise<void> {
  await scope.client.request({
    action: `remove volume ${name}`,
    method: 'DELETE',
    path: `/volumes/${encodeURIComponent(name)}`,
    accept: [404],
    signal: scope.signal,
  })
}

async function ensureVolume(scope: TenantScope, name: string): Promise<boolean> {
  const existing = await inspectVolume(scope, name)
  if (existing === undefined) {
    // The engine gives back a volume of the name that appeared meanwhile, with that one's labels.
    const volume = await scope.client.request<VolumeInspectInfo>({
      action: `create volume ${name}`,
      method: 'POST',
      path: '/volumes/create',
      body: { Name: name, Labels: scope.marks },
      signal: scope.signal,
    })
    if (isOwnedBy(volume.Labels, scope.ownership)) return true
  } else if (isOwnedBy(existing.Labels, scope.ownership)) return false
  throw new ConflictError({
    message: `a volume named ${name} exists and is not this tenant's; remove or rename it, or choose another source`,
    details: { reason: 'name_taken', volume: name },
  })
}

export async function inspectVolume(scope: TenantScope, name: string): Promise<VolumeInspectInfo | undefined> {
  try {
    return await scope.client.request<VolumeInspectInfo>({
      action: `inspect volume ${name}`,
      method: 'GET',
      path: `/volumes/${encodeURIComponent(name)}`,
      signal: scope.signal,
    })
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** A link inside an allowed folder must not lead out of it. Only an engine on this machine lets us follow it. */
async function checkLinks(scope: TenantScope, source: string, path: string): Promise<void> {
  const { connection } = await scope.client.session(scope.signal)
  if (connection.socketPath === undefined) return
  const target = await realpath(source).catch(() => undefined)
  // The engine itself refuses a folder that is not there.
  if (target === undefined) return
  const allowed = await Promise.all(
    scope.settings.allowed_bind_mounts.map((prefix) => realpath(prefix).catch(() => prefix)),
  )
  const refusal = checkBindMount(target, { allowed, socketPath: connection.socketPath })
  if (refusal === undefined) return
  throw new InvalidConfigError({
    subject: 'docker configuration',
    issues: [{ path, keyword: 'rule', message: `leads to ${target}, which ${refusal}`, received: source }],
  })
}
