import { type ComputeProvider, createConfigValidator, isJsonObject, type JsonSchema } from '@landlord/compute-core'
import { createMockProvider, createMockWorld, mockConfigSchema } from '@landlord/provider-mock'
import type { ProviderContext } from './provider-module.ts'

/** The `compute.mock` block: where the simulated target is kept, and defaults for tenants. */
const blockSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...(isJsonObject(mockConfigSchema.properties) ? mockConfigSchema.properties : {}),
    world_file: {
      type: 'string',
      minLength: 1,
      description: 'SQLite file that holds the simulated target, so that it outlives the process. Default: memory.',
    },
  },
}

const validator = createConfigValidator(blockSchema)

/** Throws `InvalidConfigError` for a wrong block. */
export function createProviderFromBlock({ installation, settings }: ProviderContext): ComputeProvider {
  validator.assert(settings, 'settings of provider "mock"')
  const { world_file: file, ...defaults } = settings
  const world = createMockWorld(typeof file === 'string' ? { file } : {})
  const provider = createMockProvider({ installation, world, defaults })
  return {
    ...provider,
    async close() {
      await provider.close()
      world.close()
    },
  }
}
