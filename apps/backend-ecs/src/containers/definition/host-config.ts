import { badRequest } from '../../errors/docker-error.ts'
import type { DockerCreateBody } from '../../store/records.ts'

/** `HostConfig`, as far as anything here reads it; what is absent is not asked for. */
export interface HostConfig {
  readonly NetworkMode?: string
  readonly NanoCpus?: number
  readonly Memory?: number
  readonly MemoryReservation?: number
  readonly Binds?: readonly string[] | null
  readonly Mounts?: readonly DockerMount[] | null
  readonly Tmpfs?: Readonly<Record<string, string>> | null
  readonly PortBindings?: Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>> | null
  readonly PublishAllPorts?: boolean
  readonly Ulimits?: readonly { Name: string; Soft: number; Hard: number }[] | null
  readonly Sysctls?: Readonly<Record<string, string>> | null
  readonly CapAdd?: readonly string[] | null
  readonly CapDrop?: readonly string[] | null
  readonly StorageOpt?: Readonly<Record<string, string>> | null
  readonly Init?: boolean | null
  readonly ReadonlyRootfs?: boolean
  readonly AutoRemove?: boolean
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number } | null
  readonly [option: string]: unknown
}

export interface DockerMount {
  readonly Type?: string
  readonly Source?: string
  readonly Target?: string
  readonly ReadOnly?: boolean
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number }
  readonly [option: string]: unknown
}

/** Never undefined, so that an option is simply absent. */
export const hostConfigOf = ({ HostConfig }: DockerCreateBody): HostConfig => (HostConfig ?? {}) as HostConfig

/** Whether an option asks for something: not absent, and not the value that clients send for "as ever". */
export function isAsked(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Throws 400 unless it is a number of at least 0. */
export function readAmount(option: string, value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw badRequest(`HostConfig.${option} must be a number of at least 0, not ${JSON.stringify(value)}`)
}
