import { isJsonObject } from '@landlord/compute-core'
import { CONTAINER_LABELS } from './container-labels.ts'
import type { DockerConfig } from './docker-config.ts'
import { type NormalisedConfig, normaliseConfig } from './normalise-config.ts'
import type { Container } from './read-tenant.ts'

const MIB = 1024 * 1024
const NANOSECONDS = 1_000_000_000

/**
 * The configuration that a container of ours runs with. What the engine can change in a container (limits, restart policy)
 * and what no label may hold (environment values) is read from the engine; the rest cannot change after the creation and
 * comes from the label. Undefined when the label is not readable: then nothing is known, and everything differs.
 */
export function fromContainer(container: Container): NormalisedConfig | undefined {
  const accepted = readAccepted(container.Config.Labels[CONTAINER_LABELS.config])
  if (accepted === undefined) return undefined
  const base = normaliseConfig(accepted)
  return {
    ...base,
    env: liveEnv(base.env, container.Config.Env ?? []),
    restart_policy: liveRestartPolicy(container),
    // Without a host of its own the engine rounds limits up to the sizes that it has.
    resources: hasHostOptions(container) ? liveResources(base.resources, container) : base.resources,
  }
}

/** False for a container on an engine without a host: it got no options about one. */
export function hasHostOptions({ Config }: Pick<Container, 'Config'>): boolean {
  return Config.Labels[CONTAINER_LABELS.hostOptions] !== 'false'
}

/** The fingerprints of the secrets that a container was created with. */
export function liveSecrets(container: Container): Record<string, string> {
  const known: unknown = parseJson(container.Config.Labels[CONTAINER_LABELS.secrets])
  const entries = Object.entries(isJsonObject(known) ? known : {})
  return Object.fromEntries(entries.map(([name, fingerprint]) => [name, String(fingerprint)]))
}

function readAccepted(label: string | undefined): DockerConfig | undefined {
  const value = parseJson(label)
  return isJsonObject(value) && typeof value.image === 'string' ? { ...value, image: value.image } : undefined
}

function parseJson(label: string | undefined): unknown {
  try {
    return JSON.parse(label ?? '')
  } catch {
    return undefined
  }
}

function liveEnv(names: Readonly<Record<string, string>>, live: readonly string[]): Record<string, string> {
  const values = new Map(live.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
  return Object.fromEntries(Object.keys(names).map((name) => [name, values.get(name) ?? '']))
}

function liveRestartPolicy(container: Container): string {
  const policy = container.HostConfig.RestartPolicy
  const name = policy?.Name || 'no'
  const tries = policy?.MaximumRetryCount ?? 0
  return name === 'on-failure' && tries > 0 ? `${name}:${tries}` : name
}

// A kernel without the controller drops the limit at creation: what reads as unset counts as accepted.
function liveResources(
  accepted: NormalisedConfig['resources'],
  { HostConfig }: Container,
): NormalisedConfig['resources'] {
  const cpu = HostConfig.NanoCpus ? HostConfig.NanoCpus / NANOSECONDS : accepted.cpu
  const memory = HostConfig.Memory ? HostConfig.Memory / MIB : accepted.memory
  const pids = HostConfig.PidsLimit && HostConfig.PidsLimit > 0 ? HostConfig.PidsLimit : accepted.pids
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }), pids }
}
