import {
  type ComputeProvider,
  createConfigValidator,
  diffConfig,
  type JsonObject,
  type JsonSchema,
  type TenantComputeSpec,
  TenantNotFoundError,
  throwIfAborted,
  validateSpec,
} from '@landlord/compute-core'

const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['colour'],
  properties: { colour: { type: 'string', description: 'What the lantern shines in.' } },
}

const validator = createConfigValidator(configSchema)

/** The lanterns themselves: what a cloud would be for a real provider. Keyed by installation and tenant. */
export type Street = Map<string, JsonObject>

/** A whole provider in a few lines, as somebody outside the repository would write it. */
export function createLanternProvider(options: { installation: string; street: Street }): ComputeProvider {
  const { installation, street } = options
  const capabilities = {
    plan: false,
    listOwned: false,
    logs: false,
    suspend: false,
    restart: false,
    multipleContainers: false,
    secrets: false,
    rollingUpdate: false,
    ownership: false,
  } as const
  const key = (tenantId: string) => `${installation}/${tenantId}`
  const find = (tenantId: string): JsonObject => {
    const lantern = street.get(key(tenantId))
    if (lantern === undefined) throw new TenantNotFoundError({ message: `no lantern for tenant "${tenantId}"` })
    return lantern
  }
  const provider: ComputeProvider = {
    specificationVersion: 'v1',
    name: 'lantern',
    capabilities,
    configSchema,
    validateConfig: (config) => validator.assert(config),
    validate(spec: TenantComputeSpec) {
      validateSpec(spec, provider)
      validator.assert(spec.providerConfig)
    },
    async provision(spec, { signal }) {
      throwIfAborted(signal)
      street.set(key(spec.tenantId), spec.providerConfig)
      return { status: 'success', resourceIds: { lantern: key(spec.tenantId) } }
    },
    async update(tenant, spec, { signal }) {
      throwIfAborted(signal)
      const changes = diffConfig(find(tenant.tenantId), spec.providerConfig, { effectOf: () => 'in_place' })
      if (changes.length > 0) street.set(key(tenant.tenantId), spec.providerConfig)
      const resourceIds = { lantern: key(tenant.tenantId) }
      return { status: changes.length > 0 ? 'success' : 'no_changes', resourceIds, changes }
    },
    async destroy(tenant, { signal }) {
      throwIfAborted(signal)
      street.delete(key(tenant.tenantId))
      return { status: 'destroyed', resourceIds: {} }
    },
    async getStatus(tenant, { signal }) {
      throwIfAborted(signal)
      const observedConfig = find(tenant.tenantId)
      return {
        state: 'running',
        health: 'none',
        containers: [],
        lastUpdated: new Date().toISOString(),
        metadata: {},
        settled: true,
        endpoints: [],
        resourceIds: { lantern: key(tenant.tenantId) },
        observedConfig,
      }
    },
  }
  return provider
}
