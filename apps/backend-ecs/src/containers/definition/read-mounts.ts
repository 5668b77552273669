import { posix } from 'node:path'
import { badRequest, notOnEcs } from '../../errors/docker-error.ts'
import type { DockerCreateBody } from '../../store/records.ts'
import { type DockerMount, hostConfigOf, isAsked } from './host-config.ts'

export type MountRequest =
  | {
      readonly kind: 'volume'
      readonly volume: string
      readonly target: string
      readonly readOnly: boolean
      /** Of a volume that is not there yet. */
      readonly labels?: Readonly<Record<string, string>>
    }
  /** Ephemeral storage of the task: what Docker calls an anonymous volume. */
  | { readonly kind: 'anonymous'; readonly target: string; readonly readOnly: boolean }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly sizeMib: number; readonly options: readonly string[] }

const MIB = 1024 * 1024
/** A tmpfs in a task definition must have a size; Docker's default is half of the host's memory. */
const DEFAULT_TMPFS_MIB = 64

/** All that is to be mounted, in the order of the request. Throws for paths of a host and what else ECS does not have. */
export function readMounts(body: DockerCreateBody): MountRequest[] {
  const { Binds, Mounts, Tmpfs } = hostConfigOf(body)
  const mounts = [
    ...(Binds ?? []).map(fromBind),
    ...(Mounts ?? []).map(fromMount),
    ...Object.entries(Tmpfs ?? {}).map(([target, options]) => fromTmpfs(target, options)),
  ].map(cleaned)
  const targets = new Set<string>()
  for (const { target } of mounts) {
    if (targets.has(target)) throw badRequest(`Duplicate mount point: ${target}`)
    targets.add(target)
  }
  // Like a volume of the image's, it gives way to what is mounted there by name.
  const anonymous = Object.keys((body.Volumes as object | null | undefined) ?? {})
    .map((target) => cleaned<MountRequest>({ kind: 'anonymous', target, readOnly: false }))
    .filter(({ target }) => !targets.has(target))
  return [...anonymous, ...mounts]
}

function cleaned<Mount extends MountRequest>(mount: Mount): Mount {
  const { target } = mount
  if (!target.startsWith('/'))
    throw badRequest(`invalid mount target ${JSON.stringify(target)}: must be an absolute path`)
  return { ...mount, target: posix.resolve(target) }
}

/** `volume:/path[:options]`, or a path alone. */
function fromBind(bind: string): MountRequest {
  const [source = '', target, mode = ''] = bind.split(':')
  if (target === undefined) return { kind: 'anonymous', target: source, readOnly: false }
  if (/^[./~]/.test(source)) throw hostPath(source)
  const options = mode.split(',').filter((option) => option !== '')
  // Labels of SELinux and copying into an empty volume are about hosts; a shared file system has neither.
  const unknown = options.find((option) => !['rw', 'ro', 'z', 'Z', 'nocopy'].includes(option))
  if (unknown !== undefined) throw notOnEcs(`--volume option ${unknown}`, 'EFS volumes know ro and rw')
  return { kind: 'volume', volume: source, target, readOnly: options.includes('ro') }
}

function fromMount(mount: DockerMount): MountRequest {
  const { Type: type = 'volume', Source: source = '', Target: target = '', ReadOnly: readOnly = false } = mount
  if (type === 'tmpfs') {
    const { SizeBytes: size = 0, Mode: mode } = mount.TmpfsOptions ?? {}
    const sizeMib = size === 0 ? DEFAULT_TMPFS_MIB : Math.ceil(size / MIB)
    return { kind: 'tmpfs', target, sizeMib, options: mode === undefined ? [] : [`mode=${mode.toString(8)}`] }
  }
  if (type === 'bind') throw hostPath(source)
  if (type !== 'volume') throw notOnEcs(`--mount type=${type}`, 'there are volumes and tmpfs')
  const { VolumeOptions } = mount as {
    VolumeOptions?: { DriverConfig?: unknown; Subpath?: unknown; Labels?: Record<string, string> | null }
  }
  if (isAsked(VolumeOptions?.DriverConfig)) throw notOnEcs('--mount volume-driver', 'volumes are EFS access points')
  if (isAsked(VolumeOptions?.Subpath)) throw notOnEcs('--mount volume-subpath', 'an access point has one root')
  if (source === '') return { kind: 'anonymous', target, readOnly }
  const labels = VolumeOptions?.Labels ?? undefined
  return { kind: 'volume', volume: source, target, readOnly, ...(labels === undefined ? {} : { labels }) }
}

function fromTmpfs(target: string, text: string): MountRequest {
  const options = text.split(',').filter((option) => option !== '')
  const size = options.find((option) => option.startsWith('size='))?.slice('size='.length)
  return {
    kind: 'tmpfs',
    target,
    sizeMib: size === undefined ? DEFAULT_TMPFS_MIB : inMib(target, size),
    options: options.filter((option) => !option.startsWith('size=')),
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: MIB, g: 1024 * MIB }

function inMib(target: string, size: string): number {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(size) ?? []
  if (digits === undefined) throw badRequest(`--tmpfs ${target}: size must be a number with k, m or g, not ${size}`)
  return Math.max(1, Math.ceil((Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)) / MIB))
}

const hostPath = (path: string) =>
  notOnEcs(`a bind mount of the host path ${path}`, 'Fargate has no host that you could reach; use a named volume')
