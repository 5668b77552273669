import {
  type ComputeProvider,
  type JsonObject,
  type Logger,
  mergeConfig,
  silentLogger,
  type TenantComputeSpec,
  throwIfAborted,
} from '@landlord/compute-core'
import { adopt, planAdoption } from './adopt.ts'
import { destroy } from './destroy.ts'
import { dockerCapabilities } from './docker-capabilities.ts'
import { DockerClient, type DockerHandle } from './docker-client.ts'
import type { DockerConfig } from './docker-config.ts'
import { dockerConfigSchema } from './docker-config-schema.ts'
import { parseDockerSettings } from './docker-settings.ts'
import { getStatus } from './get-status.ts'
import { listOwned } from './list-owned.ts'
import { plan } from './plan.ts'
import { provision } from './provision.ts'
import { readLogs } from './read-logs.ts'
import { type DockerContext, PROVIDER_NAME } from './tenant-scope.ts'
import { update } from './update.ts'
import { validateDockerConfig, validateDockerSpec } from './validate-config.ts'

export interface DockerProviderOptions {
  /** The control plane's id. Two of them can share an engine and never touch each other's resources. */
  readonly installation: string
  /** The `compute.docker` block, as `dockerSettingsSchema` describes it: the operator's keys beside tenants' defaults. */
  readonly settings?: JsonObject
  /** Laid under `settings`, in the same terms. */
  readonly defaults?: JsonObject
  /** For what belongs to no single call. Default: silent. */
  readonly logger?: Logger
  /** A dockerode instance to use instead of one made from the settings. */
  readonly docker?: DockerHandle
  /** Default: the process's environment, for `DOCKER_HOST` and its companions. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Default: the system's clock. */
  readonly now?: () => Date
}

/** One container per tenant on a Docker Engine. Connects on first use. Throws `InvalidConfigError` for wrong settings. */
export function createDockerProvider(options: DockerProviderOptions): ComputeProvider {
  if (typeof options.installation !== 'string' || options.installation === '') {
    throw new TypeError('createDockerProvider needs `installation`: the id of the control plane, a non-empty string')
  }
  const { settings, defaults } = parseDockerSettings(mergeConfig(options.defaults ?? {}, options.settings ?? {}))
  const now = options.now ?? (() => new Date())
  const client = new DockerClient({
    settings,
    environment: options.environment ?? process.env,
    logger: options.logger ?? silentLogger,
    now,
    ...(options.docker === undefined ? {} : { docker: options.docker }),
  })
  const context: DockerContext = { client, settings, installation: options.installation, now }
  const resolve = (spec: TenantComputeSpec): DockerConfig => validateDockerSpec(spec, settings)

  return {
    specificationVersion: 'v1',
    name: PROVIDER_NAME,
    capabilities: dockerCapabilities,
    configSchema: dockerConfigSchema,
    configDefaults: defaults,
    validateConfig: (config) => void validateDockerConfig(config, settings),
    validate: (spec) => void resolve(spec),
    async provision(spec, call) {
      throwIfAborted(call.signal)
      return await provision(context, spec, resolve(spec), call)
    },
    async update(tenant, spec, call) {
      throwIfAborted(call.signal)
      return await update(context, { tenant, spec, config: resolve(spec) }, call)
    },
    async destroy(tenant, call) {
      throwIfAborted(call.signal)
      return await destroy(context, tenant, call)
    },
    async getStatus(tenant, call) {
      throwIfAborted(call.signal)
      return await getStatus(context, tenant, call)
    },
    async plan(tenant, spec, call) {
      throwIfAborted(call.signal)
      return await plan(context, { tenant, spec, config: resolve(spec) }, call)
    },
    async planAdoption(adoption, call) {
      throwIfAborted(call.signal)
      return await planAdoption(context, adoption, { options: call, resolve })
    },
    async adopt(spec, resource, call) {
      throwIfAborted(call.signal)
      resolve(spec)
      return await adopt(context, { spec, resource }, call)
    },
    listOwned: (call) => listOwned(context, call),
    readLogs: (tenant, call) => readLogs(context, tenant, call),
    close: () => client.close(),
  }
}
