import {
  type ComputeProvider,
  InvalidConfigError,
  type JsonObject,
  type Logger,
  mergeConfig,
  silentLogger,
  type TenantComputeSpec,
  throwIfAborted,
} from '@landlord/compute-core'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { adopt } from './adopt.ts'
import type { AwsClientFactory } from './aws-client-factory.ts'
import { createEcsApi } from './create-ecs-api.ts'
import { createDefaultAwsClients } from './default-aws-clients.ts'
import { type DesiredService, desiredService } from './desired-service.ts'
import { destroy } from './destroy.ts'
import { ecsCapabilities } from './ecs-capabilities.ts'
import { ecsConfigSchema } from './ecs-config-schema.ts'
import { parseEcsSettings } from './ecs-settings.ts'
import { getStatus } from './get-status.ts'
import { listOwned } from './list-owned.ts'
import { plan } from './plan.ts'
import { planAdoption } from './plan-adoption.ts'
import { PROVIDER_NAME } from './provider-tags.ts'
import { provision } from './provision.ts'
import { readLogs } from './read-logs.ts'
import { type EcsContext, tenantScope } from './tenant-scope.ts'
import { update } from './update.ts'
import { validateEcsConfig, validateEcsSpec } from './validate-config.ts'

export interface EcsProviderOptions {
  /** The control plane's id. Two of them can share a cluster and never touch each other's services. */
  readonly installation: string
  /** The `compute.ecs` block, as `ecsSettingsSchema` describes it: the operator's keys beside tenants' defaults. */
  readonly settings?: JsonObject
  /** Laid under `settings`, in the same terms. */
  readonly defaults?: JsonObject
  /** Default: the AWS SDK's chain (environment, shared files, web identity, container, instance). Not together with `clients`. */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider
  /** SDK clients that may also assume roles, e.g. from `@landlord/aws-config`. Without them `assume_role` is refused. */
  readonly clients?: AwsClientFactory
  /** For what belongs to no single call. Default: silent. */
  readonly logger?: Logger
  /** Default: the system's clock. */
  readonly now?: () => Date
}

/**
 * One ECS service per tenant. Nothing is read and nobody is called before the first operation of a tenant; validation needs
 * neither credentials nor a network. Throws `InvalidConfigError` for wrong settings.
 */
export function createEcsProvider(options: EcsProviderOptions): ComputeProvider {
  if (typeof options.installation !== 'string' || options.installation === '') {
    throw new TypeError('createEcsProvider needs `installation`: the id of the control plane, a non-empty string')
  }
  if (options.credentials !== undefined && options.clients !== undefined) {
    throw new TypeError('createEcsProvider takes either `credentials` or `clients`, which have their own')
  }
  const { settings, defaults } = parseEcsSettings(mergeConfig(options.defaults ?? {}, options.settings ?? {}))
  const { installation, now = () => new Date() } = options
  if (settings.profile !== undefined && options.clients === undefined) throw refusedProfile()
  const canAssumeRole = options.clients !== undefined
  const { clients, closeClients } = clientsOf(options)
  const logger = options.logger ?? silentLogger
  logger.debug(
    { installation, can_assume_role: canAssumeRole, credentials: credentialsOf(options) },
    'ECS provider created',
  )
  const api = createEcsApi({ clients, settings, now: () => now().getTime() })
  const context: EcsContext = { api, settings, defaults, installation, canAssumeRole, now }
  const validation = { settings, installation, canAssumeRole }
  const desire = (spec: TenantComputeSpec): DesiredService => {
    const { tenantId, labels, suspended, restartToken } = spec
    return desiredService({
      tenantId,
      installation,
      config: validateEcsSpec(spec, validation),
      ...(labels === undefined ? {} : { labels }),
      ...(suspended === undefined ? {} : { suspended }),
      ...(restartToken === undefined ? {} : { restartToken }),
    })
  }

  return {
    specificationVersion: 'v1',
    name: PROVIDER_NAME,
    capabilities: ecsCapabilities,
    configSchema: ecsConfigSchema,
    configDefaults: defaults,
    validateConfig: (config) => void validateEcsConfig(config, validation),
    validate: (spec) => void validateEcsSpec(spec, validation),
    async provision(spec, call) {
      throwIfAborted(call.signal)
      return await provision(tenantScope(context, spec.tenantId, call), desire(spec), call)
    },
    async update(tenant, spec, call) {
      throwIfAborted(call.signal)
      return await update(tenantScope(context, tenant.tenantId, call), { tenant, desired: desire(spec) })
    },
    async destroy(tenant, call) {
      throwIfAborted(call.signal)
      return await destroy(tenantScope(context, tenant.tenantId, call), tenant)
    },
    async getStatus(tenant, call) {
      throwIfAborted(call.signal)
      return await getStatus(tenantScope(context, tenant.tenantId, call), tenant)
    },
    async plan(tenant, spec, call) {
      throwIfAborted(call.signal)
      return await plan(tenantScope(context, tenant.tenantId, call), { tenant, desired: desire(spec) })
    },
    async planAdoption({ tenantId, resource, providerConfig }, call) {
      throwIfAborted(call.signal)
      return await planAdoption(tenantScope(context, tenantId, call), {
        resource,
        asked: providerConfig,
        desire: (config) => desire({ tenantId, providerType: PROVIDER_NAME, containers: [], providerConfig: config }),
      })
    },
    async adopt(spec, resource, call) {
      throwIfAborted(call.signal)
      return await adopt(tenantScope(context, spec.tenantId, call), { resource, desired: desire(spec) })
    },
    listOwned: (call) => listOwned(context, call),
    async *readLogs(tenant, call) {
      throwIfAborted(call.signal)
      yield* readLogs(tenantScope(context, tenant.tenantId, call), tenant, call)
    },
    async close() {
      api.close()
      closeClients()
    },
  }
}

/** For the question that a wrong account raises: whose credentials are they. */
function credentialsOf({ clients, credentials }: EcsProviderOptions): string {
  if (clients !== undefined) return 'of the clients that were handed in'
  return credentials === undefined ? 'of the default chain' : 'handed in'
}

// The SDK's default chain takes the profile from the environment; one that is silently not used leads to the wrong account.
function refusedProfile(): InvalidConfigError {
  const message =
    'needs `clients` that use it (createAwsClients of @landlord/aws-config); without them, set AWS_PROFILE instead'
  return new InvalidConfigError({
    subject: 'ecs settings',
    issues: [{ path: '/profile', keyword: 'rule', message }],
  })
}

/** Clients that were handed in belong to whoever made them. */
function clientsOf({ clients, credentials }: EcsProviderOptions): {
  clients: AwsClientFactory
  closeClients: () => void
} {
  if (clients !== undefined) return { clients, closeClients: () => {} }
  const own = createDefaultAwsClients(credentials === undefined ? {} : { credentials })
  return { clients: own, closeClients: () => own.close() }
}
