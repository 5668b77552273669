import { isIP } from 'node:net'
import { posix } from 'node:path'
import {
  createConfigValidator,
  InvalidConfigError,
  InvalidSpecError,
  parseSecretReference,
  reservedKeyIssues,
  type SecretReference,
  type SecretScheme,
  type TenantComputeSpec,
  type ValidationIssue,
  validateSpec,
} from '@landlord/compute-core'
import { checkBindMount } from './check-bind-mount.ts'
import { dockerCapabilities } from './docker-capabilities.ts'
import type { DockerConfig, VolumeConfig } from './docker-config.ts'
import { dockerConfigSchema } from './docker-config-schema.ts'
import type { DockerSettings } from './docker-settings.ts'
import { effectiveConfig } from './effective-config.ts'
import { normaliseCapabilities, normalisePort } from './normalise-config.ts'

const validator = createConfigValidator(dockerConfigSchema)

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/

/** Throws `InvalidConfigError` with every issue: of the schema, and of the rules between keys and the operator's limits. */
export function validateDockerConfig(config: unknown, settings: DockerSettings): DockerConfig {
  const issues = validator.issues(config)
  if (issues.length === 0) issues.push(...ruleIssues(config as DockerConfig, settings))
  if (issues.length > 0) throw new InvalidConfigError({ subject: 'docker configuration', issues })
  return config as DockerConfig
}

/** Validates a whole spec and gives the configuration that it asks for. */
export function validateDockerSpec(spec: TenantComputeSpec, settings: DockerSettings): DockerConfig {
  validateSpec(spec, { name: 'docker', capabilities: dockerCapabilities })
  const config = validateDockerConfig(effectiveConfig(spec), settings)
  validateSecrets(spec.secrets ?? [], config)
  return config
}

/** What the worker can read, under names that nothing else has. */
const READABLE: readonly SecretScheme[] = ['env', 'file']

function validateSecrets(secrets: readonly SecretReference[], config: DockerConfig): void {
  const issues: ValidationIssue[] = []
  const report = (path: string, message: string) => issues.push({ path, keyword: 'rule', message })
  for (const [index, { name, valueFrom }] of secrets.entries()) {
    const scheme = parseSecretReference(valueFrom)?.scheme
    if (scheme !== undefined && !READABLE.includes(scheme)) {
      report(
        `/secrets/${index}/valueFrom`,
        `${scheme} has no meaning for docker; use env:NAME or file:/path of the worker`,
      )
    }
    if (Object.hasOwn(config.env ?? {}, name)) {
      report(`/secrets/${index}/name`, `"${name}" is in \`env\` too; keep one of the two`)
    }
  }
  if (issues.length > 0) throw new InvalidSpecError({ issues })
}

function ruleIssues(config: DockerConfig, settings: DockerSettings): ValidationIssue[] {
  const allowed = normaliseCapabilities(settings.allowed_capabilities)
  const issues: ValidationIssue[] = [
    ...reservedKeyIssues(config.labels ?? {}, '/labels'),
    ...(config.volumes ?? []).flatMap((volume, index) =>
      volumeIssues(volume, settings).map((issue) => ({ ...issue, path: `/volumes/${index}${issue.path}` })),
    ),
  ]
  const report = (path: string, message: string) => issues.push({ path, keyword: 'rule', message })
  for (const [index, name] of (config.cap_add ?? []).entries()) {
    if (!allowed.includes(name.replace(/^CAP_/, '')))
      report(`/cap_add/${index}`, `${name} is not among what the operator allows (${allowed.join(', ')})`)
  }
  if (config.network_mode === 'none' && (config.ports?.length ?? 0) > 0)
    report('/ports', 'cannot be published with network_mode "none"; use "bridge" or remove the ports')
  const check = config.health_check
  if (check !== undefined && (check.disabled === true) === (check.command !== undefined))
    report('/health_check', 'needs either a command or disabled: true')
  reportNulBytes(config, report)
  reportAddresses(config, report)
  reportRepeated(config, report)
  return issues
}

// The engine's own refusal would repeat the value, which may hold a secret.
function reportNulBytes(config: DockerConfig, report: (path: string, message: string) => unknown): void {
  const { command = [], args = [], health_check } = config
  const words = { '/command': command, '/args': args, '/health_check/command': health_check?.command ?? [] }
  for (const [path, values] of Object.entries(words)) {
    for (const [index, value] of values.entries()) {
      if (value.includes('\0')) report(`${path}/${index}`, 'must not contain a NUL byte')
    }
  }
}

// What is no address the engine reads as "every interface".
function reportAddresses(config: DockerConfig, report: (path: string, message: string) => unknown): void {
  for (const [index, { host_ip }] of (config.ports ?? []).entries()) {
    if (host_ip !== undefined && isIP(host_ip) === 0)
      report(`/ports/${index}/host_ip`, `${host_ip} is no IP address; give one such as 127.0.0.1, 0.0.0.0 or ::1`)
  }
  for (const [index, line] of (config.extra_hosts ?? []).entries()) {
    const address = line.slice(line.indexOf(':') + 1)
    if (isIP(address) === 0) report(`/extra_hosts/${index}`, `${address} is no IP address; write name:10.0.0.5`)
  }
}

function reportRepeated(config: DockerConfig, report: (path: string, message: string) => unknown): void {
  const ports = new Set<string>()
  const bound = new Set<string>()
  // A fixed port on every interface takes it from each of the same family.
  const family = (key: string) => key.replace(/ [^ ]+$/, (address) => (address.includes(':') ? ' v6' : ' v4'))
  for (const [index, port] of (config.ports ?? []).entries()) {
    const { host_ip, host_port, protocol, container_port } = normalisePort(port)
    const transport = protocol === 'udp' ? 'udp' : 'tcp'
    const key =
      host_port === undefined ? `${container_port} ${transport} ${host_ip}` : `:${host_port} ${transport} ${host_ip}`
    const everywhere = key.replace(/ [^ ]+$/, ` ${host_ip.includes(':') ? '::' : '0.0.0.0'}`)
    const clashes =
      ports.has(key) ||
      (host_port !== undefined && (ports.has(everywhere) || (key === everywhere && bound.has(family(key)))))
    if (clashes) report(`/ports/${index}`, 'is published twice')
    ports.add(key)
    bound.add(family(key))
  }
  const targets = new Set<string>()
  for (const [index, { target }] of (config.volumes ?? []).entries()) {
    const path = posix.normalize(`${target}/`)
    if (path === '/') report(`/volumes/${index}/target`, 'must be a folder below /')
    else if (targets.has(path)) report(`/volumes/${index}/target`, `${target} is mounted twice`)
    targets.add(path)
  }
}

function volumeIssues(volume: VolumeConfig, settings: DockerSettings): ValidationIssue[] {
  const issue = (path: string, message: string): ValidationIssue[] => [{ path, keyword: 'rule', message }]
  switch (volume.type ?? 'volume') {
    case 'tmpfs':
      return volume.source === undefined ? [] : issue('/source', 'has no meaning for tmpfs; leave it out')
    case 'bind': {
      const refusal =
        volume.source === undefined
          ? 'is needed: the folder of the host'
          : checkBindMount(volume.source, { allowed: settings.allowed_bind_mounts })
      return refusal === undefined ? [] : issue('/source', refusal)
    }
    case 'volume':
      if (volume.source === undefined || !VOLUME_NAME.test(volume.source))
        return issue(
          '/source',
          'must be a volume name: letters, digits, "_", "." or "-"; for a folder of the host use type "bind"',
        )
      return volume.size === undefined ? [] : issue('/size', 'has a meaning only for tmpfs')
  }
}
