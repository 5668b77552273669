import type { ProviderModule } from './provider-module.ts'

/**
 * The one place that knows the built-in providers. Each is loaded only when its block is there: a control plane without
 * Docker does not pay for the Docker SDK.
 */
export const builtInProviders: Readonly<Record<string, () => Promise<ProviderModule>>> = {
  docker: async () => {
    const { createDockerProvider } = await import('@landlord/provider-docker')
    return { createProvider: (context) => createDockerProvider(context) }
  },
  mock: async () => {
    const { createProviderFromBlock } = await import('./mock-block.ts')
    return { createProvider: createProviderFromBlock }
  },
}
