import {
  createConfigValidator,
  InvalidConfigError,
  type JsonObject,
  type JsonSchema,
  type ValidationIssue,
} from '@landlord/compute-core'
import { tenantProperties } from './docker-config-schema.ts'
import { parseSubnet } from './parse-subnet.ts'

/** Where the engine is. */
export interface ConnectionSettings {
  readonly host?: string
  readonly tls_ca_file?: string
  readonly tls_cert_file?: string
  readonly tls_key_file?: string
  readonly ssh_host_fingerprint?: string
}

/** What the operator of an installation decides; a tenant's configuration cannot hold these keys. */
export interface DockerSettings extends ConnectionSettings {
  readonly label_prefix: string
  readonly network_name?: string
  readonly network_driver: string
  readonly network_isolation: 'shared' | 'per_tenant'
  readonly subnet_pool?: string
  readonly subnet_prefix_length: number
  readonly allowed_bind_mounts: readonly string[]
  readonly allowed_capabilities: readonly string[]
  readonly stable_after_seconds: number
  readonly host_options: boolean
}

// What Docker gives every container by itself; a tenant that drops ALL may take single ones back.
const DOCKER_CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  )

const DEFAULT_SETTINGS: DockerSettings = {
  label_prefix: 'landlord',
  network_driver: 'bridge',
  network_isolation: 'shared',
  subnet_prefix_length: 28,
  allowed_bind_mounts: [],
  allowed_capabilities: DOCKER_CAPABILITIES,
  stable_after_seconds: 1,
  host_options: true,
}

const file = (what: string): JsonSchema => ({ type: 'string', description: `Path of the PEM file with ${what}.` })

const operatorProperties: Readonly<Record<string, JsonSchema>> = {
  host: {
    type: 'string',
    description:
      'unix:///path, tcp://host:port, https://host:port or ssh://user@host. Empty or absent: DOCKER_HOST, then the local socket.',
  },
  tls_ca_file: file('the authority that signed the engine’s certificate'),
  tls_cert_file: file('our certificate'),
  tls_key_file: file('our key'),
  ssh_host_fingerprint: {
    type: 'string',
    pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
    description:
      'For ssh:// hosts: the host key’s fingerprint, SHA256:…, as "ssh-keyscan host | ssh-keygen -lf -" prints it.',
  },
  label_prefix: {
    type: 'string',
    pattern: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,19}$',
    default: 'landlord',
    description:
      'Start of the names of containers, networks and volumes: 1 to 20 letters, digits, "_" or "-". Default landlord.',
  },
  network_name: {
    type: 'string',
    pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
    not: { enum: ['host', 'none', 'container', 'default'] },
    description:
      'The shared network. One that exists is used and never removed. Default: a name made of label_prefix and the installation.',
  },
  network_driver: {
    type: 'string',
    enum: ['bridge', 'overlay', 'macvlan', 'ipvlan'],
    default: 'bridge',
    description: 'Driver of the networks that are created. Default bridge.',
  },
  network_isolation: {
    enum: ['shared', 'per_tenant'],
    default: 'shared',
    description:
      'shared (default): one network on which containers cannot reach each other (bridge driver). per_tenant: a network for each tenant; engines have room for about 30 without subnet_pool.',
  },
  subnet_pool: {
    type: 'string',
    description: 'per_tenant only: the private IPv4 range to cut networks from, e.g. 10.210.0.0/16.',
  },
  subnet_prefix_length: {
    type: 'integer',
    minimum: 16,
    maximum: 29,
    default: 28,
    description: 'per_tenant only: size of each tenant’s network. Default 28: 13 containers.',
  },
  allowed_bind_mounts: {
    type: 'array',
    items: { type: 'string', pattern: '^/', description: 'An absolute path on the engine’s host.' },
    default: [],
    description:
      'Folders of the host that tenants may mount, with everything below. Never the engine’s socket. Default: none.',
  },
  allowed_capabilities: {
    type: 'array',
    items: { type: 'string', pattern: '^[A-Z_]+$', description: 'A Linux capability, e.g. NET_ADMIN.' },
    description: 'Linux capabilities that a tenant may add. Default: those that Docker gives every container anyway.',
  },
  stable_after_seconds: {
    type: 'number',
    minimum: 0,
    maximum: 3600,
    default: 1,
    description:
      'A container without a health check counts as running after this many seconds without an exit. Default 1.',
  },
  host_options: {
    type: 'boolean',
    default: true,
    description:
      'Whether the engine has a host that containers are protected from and published on: no-new-privileges, a limit of processes, log rotation, addresses of the host. false for one without, such as backend-ecs. Default true.',
  },
}

/** The `compute.docker` block: the operator's settings beside defaults for the tenants' configuration. */
export const dockerSettingsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Docker provider settings',
  type: 'object',
  additionalProperties: false,
  properties: { ...operatorProperties, ...tenantProperties } as JsonSchema,
}

const validator = createConfigValidator(dockerSettingsSchema)

export interface ParsedDockerSettings {
  readonly settings: DockerSettings
  /** What is left for the tenants. */
  readonly defaults: JsonObject
}

/** Splits the block into both halves, each frozen. Throws `InvalidConfigError` with every issue. */
export function parseDockerSettings(block: JsonObject): ParsedDockerSettings {
  validator.assert(block, 'docker settings')
  const copy = structuredClone(block)
  const entries = Object.entries(copy)
  const operator = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(operatorProperties, key)))
  const defaults = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(operatorProperties, key)))
  const settings = Object.freeze({ ...DEFAULT_SETTINGS, ...(operator as Partial<DockerSettings>) })
  const issues = crossFieldIssues(settings)
  if (issues.length > 0) throw new InvalidConfigError({ subject: 'docker settings', issues })
  return { settings, defaults: Object.freeze(defaults) }
}

function crossFieldIssues(settings: DockerSettings): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const report = (path: string, message: string) => issues.push({ path, keyword: 'rule', message })
  if (settings.subnet_pool !== undefined) {
    const pool = parseSubnet(settings.subnet_pool)
    if (pool === undefined) report('/subnet_pool', 'must be an IPv4 range such as 10.210.0.0/16')
    else if (pool.prefixLength > settings.subnet_prefix_length)
      report(
        '/subnet_pool',
        `is smaller than one tenant's network (/${settings.subnet_prefix_length}); give a larger range`,
      )
    if (settings.network_isolation !== 'per_tenant')
      report('/subnet_pool', 'has a meaning only with network_isolation "per_tenant"')
  }
  if (settings.network_name !== undefined && settings.network_isolation === 'per_tenant')
    report('/network_name', 'has a meaning only with network_isolation "shared"')
  if ((settings.tls_cert_file === undefined) !== (settings.tls_key_file === undefined))
    report('/tls_cert_file', 'and tls_key_file belong together; give both or neither')
  return issues
}
