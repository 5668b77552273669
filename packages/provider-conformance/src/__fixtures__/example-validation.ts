import {
  createConfigValidator,
  type JsonSchema,
  type ProviderCapabilities,
  type TenantComputeSpec,
  validateSpec,
} from '@landlord/compute-core'

export const exampleSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['image'],
  properties: {
    image: { type: 'string', minLength: 1 },
    size: { type: 'integer', minimum: 1 },
    password: { type: 'string', 'x-sensitive': true },
    network: { type: 'object', additionalProperties: false, properties: { public: { type: 'boolean' } } },
  },
}

export const exampleCapabilities: ProviderCapabilities = {
  plan: true,
  listOwned: true,
  logs: true,
  suspend: true,
  restart: true,
  multipleContainers: false,
  secrets: false,
  rollingUpdate: true,
  ownership: true,
  adopt: true,
}

const validator = createConfigValidator(exampleSchema)

export function validateExampleConfig(config: unknown): void {
  validator.assert(config)
}

export function validateExampleSpec(spec: TenantComputeSpec, capabilities: ProviderCapabilities): void {
  validateSpec(spec, { name: 'example', capabilities })
  validator.assert(spec.providerConfig)
}
