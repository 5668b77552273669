import {
  type ComputeProvider,
  createConfigValidator,
  diffConfig,
  type JsonSchema,
  type TenantComputeSpec,
  TenantNotFoundError,
  validateSpec,
} from '@landlord/compute-core'
import type { Street } from './street.js'

export const lanternCapabilities = {
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

const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['colour'],
  properties: { colour: { type: 'string', description: 'What the lantern shines in.' } },
}

const validator = createConfigValidator(configSchema)

/** A whole provider, as somebody outside the repository would write it. */
export function createLanternProvider({
  installation,
  street,
}: {
  installation: string
  street: Street
}): ComputeProvider {
  const keyOf = (tenantId: string) => `${installation}/${tenantId}`
  const validate = (spec: TenantComputeSpec) => {
    validateSpec(spec, { name: 'lantern', capabilities: lanternCapabilities })
    validator.assert(spec.providerConfig)
  }
  const find = async (tenantId: string, signal: AbortSignal) => {
    const lantern = await street.get(keyOf(tenantId), signal)
    if (lantern === undefined) throw new TenantNotFoundError({ message: `no lantern for tenant "${tenantId}"` })
    return lantern
  }
  return {
    specificationVersion: 'v1',
    name: 'lantern',
    capabilities: lanternCapabilities,
    configSchema,
    validateConfig: (config) => validator.assert(config),
    validate,
    async provision(spec, { signal }) {
      validate(spec)
      await street.set(keyOf(spec.tenantId), spec.providerConfig, signal)
      return { status: 'success', resourceIds: { lantern: keyOf(spec.tenantId) } }
    },
    async update({ tenantId }, spec, { signal }) {
      validate(spec)
      const changes = diffConfig(await find(tenantId, signal), spec.providerConfig, { effectOf: () => 'in_place' })
      if (changes.length > 0) await street.set(keyOf(tenantId), spec.providerConfig, signal)
      return {
        status: changes.length > 0 ? 'success' : 'no_changes',
        resourceIds: { lantern: keyOf(tenantId) },
        changes,
      }
    },
    async destroy({ tenantId }, { signal }) {
      const isThere = (await street.get(keyOf(tenantId), signal)) !== undefined
      if (isThere) await street.set(keyOf(tenantId), undefined, signal)
      return { status: 'destroyed', resourceIds: {} }
    },
    async getStatus({ tenantId }, { signal }) {
      const observedConfig = await find(tenantId, signal)
      return {
        state: 'running',
        health: 'none',
        containers: [{ name: 'lantern', state: 'running' }],
        lastUpdated: new Date().toISOString(),
        metadata: {},
        settled: true,
        endpoints: [],
        resourceIds: { lantern: keyOf(tenantId) },
        observedConfig,
      }
    },
  }
}
