import type { JsonSchema } from '@landlord/compute-core'

const seconds = (description: string, fallback: number, { minimum = 0, maximum = 86_400 } = {}): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  default: fallback,
  description: `${description}, in seconds. Default ${fallback}.`,
})

const words = (description: string): JsonSchema => ({ type: 'array', items: { type: 'string' }, description })

const capabilities = (description: string): JsonSchema => ({
  type: 'array',
  uniqueItems: true,
  items: { type: 'string', pattern: '^(CAP_)?[A-Z_]+$', description: 'A Linux capability, e.g. NET_BIND_SERVICE.' },
  description,
})

const port: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['container_port'],
  description: 'One port to publish.',
  properties: {
    container_port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'The port inside the container.' },
    host_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description:
        'A fixed port on the host. Default: a free one, chosen at each start. A fixed port makes an update stop the old container before it starts the new one.',
    },
    protocol: {
      enum: ['tcp', 'udp', 'http', 'https'],
      default: 'tcp',
      description: 'Default tcp. http and https are tcp with a URL in the endpoint.',
    },
    host_ip: {
      type: 'string',
      pattern: '^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$',
      default: '127.0.0.1',
      description:
        'The host’s IP address to listen on. Default 127.0.0.1: reachable from the engine’s host only. 0.0.0.0 is everywhere.',
    },
  },
}

const volume: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['target'],
  description: 'One mount.',
  properties: {
    type: {
      enum: ['volume', 'bind', 'tmpfs'],
      default: 'volume',
      description:
        'volume: storage of this tenant, kept until it is destroyed (default). bind: a folder of the host that the operator allows. tmpfs: memory.',
    },
    source: {
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'volume: a name, private to the tenant. bind: an absolute path on the host. tmpfs: must be absent.',
    },
    target: { type: 'string', pattern: '^/.+', description: 'An absolute path inside the container.' },
    read_only: { type: 'boolean', default: false, description: 'Default false.' },
    size: { type: 'integer', minimum: 1, description: 'tmpfs only: its limit in MiB.' },
  },
}

const healthCheck: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'Replaces the image’s health check. The tenant is ready when it succeeds.',
  properties: {
    command: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Run inside the container without a shell; 0 is healthy. For a shell: ["sh", "-c", "…"].',
    },
    disabled: { type: 'boolean', default: false, description: 'True switches the image’s own health check off.' },
    interval_seconds: seconds('Time between checks', 5, { minimum: 1 }),
    timeout_seconds: seconds('How long one check may take', 5, { minimum: 1 }),
    retries: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 3,
      description: 'Failures in a row until unhealthy. Default 3.',
    },
    start_period_seconds: seconds('How long failures after a start do not count', 0),
  },
}

const resources: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'Limits of the container.',
  properties: {
    cpu: { type: 'number', minimum: 0.01, maximum: 1024, description: 'Cores, e.g. 0.5. Default: no limit.' },
    memory: { type: 'integer', minimum: 6, description: 'MiB, e.g. 256; without swap. Default: no limit.' },
    pids: { type: 'integer', minimum: 1, default: 1024, description: 'Processes and threads. Default 1024.' },
  },
}

const registryAuth: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['username', 'password'],
  description:
    'Credentials for the image’s registry. With them the image is pulled every time, so that access is checked.',
  properties: {
    username: { type: 'string', minLength: 1, description: 'The user name.' },
    password: { type: 'string', minLength: 1, writeOnly: true, description: 'The password or access token.' },
    server: { type: 'string', minLength: 1, description: 'The registry’s address. Default: from the image’s name.' },
  },
}

/** What the `compute_config` of a tenant may hold. */
export const tenantProperties: Readonly<Record<string, JsonSchema>> = {
  image: {
    type: 'string',
    minLength: 1,
    maxLength: 512,
    pattern: '^(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
    description: 'The image by tag or digest, e.g. nginx:1.29 or nginx@sha256:…. Without either the tag is latest.',
  },
  command: words('Replaces the image’s entrypoint.'),
  args: words('Replaces the image’s command; the arguments of the entrypoint.'),
  env: {
    type: 'object',
    additionalProperties: { type: 'string', pattern: '^[^\\u0000]*$', description: 'Any text without a NUL byte.' },
    propertyNames: { pattern: '^[^=\\u0000]+$' },
    'x-sensitive': true,
    description: 'Environment variables. Values are hidden in diffs and logs.',
  },
  ports: { type: 'array', items: port, maxItems: 64, description: 'Ports to publish. Default: none.' },
  volumes: { type: 'array', items: volume, maxItems: 64, description: 'Mounts. Default: none.' },
  network_mode: {
    enum: ['bridge', 'none'],
    default: 'bridge',
    description:
      'bridge: the provider’s network (default). none: no network at all. The host’s network and those of other containers are not available.',
  },
  restart_policy: {
    type: 'string',
    pattern: '^(no|always|unless-stopped|on-failure(:[1-9][0-9]{0,3})?)$',
    default: 'unless-stopped',
    description: 'no, always, unless-stopped (default), on-failure or on-failure:<tries>.',
  },
  labels: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Labels of the container. Keys that start with "landlord." are reserved.',
  },
  working_dir: { type: 'string', pattern: '^/', description: 'An absolute path. Default: the image’s.' },
  user: { type: 'string', minLength: 1, description: 'user, uid, user:group or uid:gid. Default: the image’s.' },
  health_check: healthCheck,
  resources,
  pull_policy: {
    enum: ['always', 'if_not_present', 'never'],
    default: 'if_not_present',
    description:
      'always: pull at every provision and update, and replace the container when the tag has moved. if_not_present (default). never: the image must be on the engine.',
  },
  registry_auth: registryAuth,
  // A suspension, and an update that must stop the old container first, wait for the stop within one call.
  stop_timeout_seconds: seconds('How long the container may take to stop before it is killed, at most 300', 10, {
    maximum: 300,
  }),
  read_only: { type: 'boolean', default: false, description: 'A read-only root file system. Default false.' },
  cap_drop: capabilities('Linux capabilities to take away; ["ALL"] takes every one. Default ["MKNOD", "NET_RAW"].'),
  cap_add: capabilities('Linux capabilities to give, of those that the operator allows. Default: none.'),
  extra_hosts: {
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', pattern: '^[A-Za-z0-9._-]+:[0-9a-fA-F.:]+$', description: 'name:address' },
    description: 'Lines of /etc/hosts as name:address, e.g. db:10.0.0.5.',
  },
}

/** A tenant's resolved configuration, draft 2020-12. */
export const dockerConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Docker tenant configuration',
  type: 'object',
  additionalProperties: false,
  required: ['image'],
  properties: tenantProperties as JsonSchema,
}
