import type { ProviderModule } from './provider-module.ts'

/**
 * The one place that knows the built-in providers. Each is loaded only when its block is there: a control plane without
 * AWS does not pay for its SDK.
 */
export const builtInProviders: Readonly<Record<string, () => Promise<ProviderModule>>> = {
  docker: async () => {
    const { createDockerProvider } = await import('@landlord/provider-docker')
    return { createProvider: (context) => createDockerProvider(context) }
  },
  ecs: async () => {
    const { createProviderFromBlock } = await import('./ecs-block.ts')
    return { createProvider: createProviderFromBlock }
  },
  mock: async () => {
    const { createProviderFromBlock } = await import('./mock-block.ts')
    return { createProvider: createProviderFromBlock }
  },
}
