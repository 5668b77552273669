import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '@landlord/compute-core'
import type { ImageInspectInfo } from 'dockerode'
import type { Container } from './read-tenant.ts'

const MIB = 1024 * 1024
const NANOSECONDS = 1_000_000_000
/** The engine's own, where a health check names none. */
const DEFAULT_INTERVAL_SECONDS = 30
const DEFAULT_RETRIES = 3

type ImageConfig = Partial<ImageInspectInfo['Config']>

/** The configuration with which Landlord would have made a container that somebody else made. What its image brings along is left out. */
export function fromForeignContainer({ Config, HostConfig, Mounts }: Container, image: ImageConfig): JsonObject {
  const { Entrypoint, Cmd, WorkingDir, User, Labels = {}, Env = [], Healthcheck } = Config
  const stopTimeout = 'StopTimeout' in Config && typeof Config.StopTimeout === 'number' ? Config.StopTimeout : undefined
  const command = listOf(Entrypoint)
  const ownEnv = Env.filter((entry) => !(image.Env ?? []).includes(entry))
  const labels = Object.entries(Labels).filter(([key, value]) => image.Labels?.[key] !== value)
  const isOwnCommand = !isDeepStrictEqual(command, listOf(image.Entrypoint))
  const isOwnArgs = isOwnCommand || !isDeepStrictEqual(listOf(Cmd), listOf(image.Cmd))
  const checks = isDeepStrictEqual(Healthcheck ?? null, image.Healthcheck ?? null) ? undefined : Healthcheck
  return {
    image: Config.Image,
    ...(isOwnCommand ? { command } : {}),
    ...(isOwnArgs && listOf(Cmd).length > 0 ? { args: listOf(Cmd) } : {}),
    env: Object.fromEntries(ownEnv.map((entry) => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)])),
    ports: portsOf(HostConfig.PortBindings),
    volumes: volumesOf(Mounts, HostConfig),
    ...(HostConfig.NetworkMode === 'none' ? { network_mode: 'none' } : {}),
    restart_policy: restartPolicy(HostConfig.RestartPolicy),
    labels: Object.fromEntries(labels),
    ...(WorkingDir === '' || WorkingDir === (image.WorkingDir ?? '') ? {} : { working_dir: WorkingDir }),
    ...(User === '' || User === (image.User ?? '') ? {} : { user: User }),
    ...(checks === undefined ? {} : { health_check: healthCheck(checks) }),
    resources: resourcesOf(HostConfig),
    ...(stopTimeout === undefined ? {} : { stop_timeout_seconds: stopTimeout }),
    ...(HostConfig.ReadonlyRootfs === true ? { read_only: true } : {}),
    cap_drop: HostConfig.CapDrop ?? [],
    cap_add: HostConfig.CapAdd ?? [],
    extra_hosts: HostConfig.ExtraHosts ?? [],
  }
}

function listOf(words: string | readonly string[] | null | undefined): string[] {
  if (words == null) return []
  return typeof words === 'string' ? [words] : [...words]
}

function portsOf(bindings: unknown): JsonObject[] {
  const all = (bindings ?? {}) as Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>>
  return Object.entries(all).flatMap(([key, hosts]) =>
    (hosts ?? []).map(({ HostIp = '', HostPort = '' }) => ({
      container_port: Number(key.split('/', 1)[0]),
      ...(key.endsWith('/udp') ? { protocol: 'udp' } : {}),
      host_ip: HostIp === '' ? '0.0.0.0' : HostIp,
      ...(Number(HostPort) > 0 ? { host_port: Number(HostPort) } : {}),
    })),
  )
}

function volumesOf(mounts: Container['Mounts'], { Tmpfs = {} }: Container['HostConfig']): JsonObject[] {
  const binds = mounts.filter(({ Type }) => Type === 'bind')
  const temporary = mounts.filter(({ Type }) => Type === 'tmpfs').map(({ Destination }) => Destination)
  const targets = new Set([...temporary, ...Object.keys((Tmpfs as object | null) ?? {})])
  return [
    ...binds.map(({ Source, Destination, RW }) => ({
      type: 'bind',
      source: Source,
      target: Destination,
      ...(RW ? {} : { read_only: true }),
    })),
    ...[...targets].map((target) => ({ type: 'tmpfs', target })),
  ]
}

function restartPolicy(policy: Container['HostConfig']['RestartPolicy']): string {
  const name = policy?.Name || 'no'
  const tries = policy?.MaximumRetryCount ?? 0
  return name === 'on-failure' && tries > 0 ? `${name}:${tries}` : name
}

function healthCheck(check: NonNullable<Container['Config']['Healthcheck']>): JsonObject {
  const [kind, ...words] = check.Test ?? []
  if (kind === 'NONE') return { disabled: true }
  const seconds = (nanoseconds: number | undefined, fallback: number) =>
    nanoseconds ? Math.max(1, Math.round(nanoseconds / NANOSECONDS)) : fallback
  return {
    command: kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words,
    interval_seconds: seconds(check.Interval, DEFAULT_INTERVAL_SECONDS),
    timeout_seconds: seconds(check.Timeout, DEFAULT_INTERVAL_SECONDS),
    retries: check.Retries || DEFAULT_RETRIES,
    start_period_seconds: seconds(check.StartPeriod, 0),
  }
}

function resourcesOf({ NanoCpus = 0, Memory = 0, PidsLimit }: Container['HostConfig']): JsonObject {
  return {
    ...(NanoCpus > 0 ? { cpu: NanoCpus / NANOSECONDS } : {}),
    ...(Memory > 0 ? { memory: Math.floor(Memory / MIB) } : {}),
    ...(PidsLimit != null && PidsLimit > 0 ? { pids: PidsLimit } : {}),
  }
}
