import {
  type ComputeProvider,
  type ConfigValidator,
  createConfigValidator,
  type JsonSchema,
  validateSpec,
} from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'

const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['image'],
  properties: {
    image: { type: 'string', minLength: 1 },
    size: { type: 'integer', minimum: 1 },
    password: { type: 'string', writeOnly: true },
    env: { type: 'object', additionalProperties: { type: 'string', 'x-sensitive': true } },
    keys: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'string' }, secret: { type: 'string', writeOnly: true } } },
    },
  },
}

/** A provider whose configuration holds secrets, with one default. */
export function secretProvider(installation: string): ComputeProvider {
  const validator: ConfigValidator = createConfigValidator(schema)
  const mock = createMockProvider({ installation, name: 'vault' })
  return {
    ...mock,
    configSchema: schema,
    configDefaults: { size: 1 },
    validateConfig: (config) => validator.assert(config, 'configuration of provider "vault"'),
    validate(spec) {
      validateSpec(spec, mock)
      validator.assert(spec.providerConfig)
    },
  }
}
