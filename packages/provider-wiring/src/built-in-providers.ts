import type { ProviderModule } from './provider-module.ts'

/**
 * The one place that knows the built-in providers. Each is loaded only when its block is there: a control plane without
 * Docker does not pay for the Docker SDK.
 */
export const builtInProviders: Readonly<Record<string, () => Promise<ProviderModule>>> = {
  docker: async () => {
    const { createDockerProvider } = await import('@landlord/provider-docker')
    return {
      createProvider: ({ installation, logger, settings }) => createDockerProvider({ installation, logger, settings }),
    }
  },
  mock: async () => {
    const { createMockProvider } = await import('@landlord/provider-mock')
    return { createProvider: ({ installation, settings }) => createMockProvider({ installation, settings }) }
  },
}
