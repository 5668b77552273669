import type { ComputeProvider } from '../compute-provider.ts'
import { UnavailableError } from '../errors/unavailable-error.ts'
import type { ProviderCapabilities } from '../provider-capabilities.ts'

export const testCapabilities: ProviderCapabilities = {
  plan: false,
  listOwned: false,
  logs: false,
  suspend: false,
  restart: false,
  multipleContainers: false,
  secrets: false,
  rollingUpdate: false,
  ownership: true,
}

/** A provider without a target, for what only looks at its name and manifest. */
export function createTestProvider({ name }: { name: string }): ComputeProvider {
  const noTarget = async (): Promise<never> => {
    throw new UnavailableError({ message: 'there is no target' })
  }
  return {
    specificationVersion: 'v1',
    name,
    capabilities: testCapabilities,
    configSchema: { type: 'object', additionalProperties: false },
    validateConfig() {},
    validate() {},
    provision: noTarget,
    update: noTarget,
    destroy: noTarget,
    getStatus: noTarget,
  }
}
