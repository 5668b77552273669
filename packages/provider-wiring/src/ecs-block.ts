import { createAwsClients } from '@landlord/aws-config'
import type { ComputeProvider } from '@landlord/compute-core'
import { createEcsProvider } from '@landlord/provider-ecs'
import type { ProviderContext } from './provider-module.ts'

/**
 * The ECS provider with clients that resolve credentials, assume roles and outlive single calls. Nothing is read and nobody
 * is called before a tenant's first operation: the server, which only validates, needs neither credentials nor a network.
 */
export function createProviderFromBlock({ installation, settings, logger }: ProviderContext): ComputeProvider {
  const { profile } = settings
  const clients = createAwsClients({
    logger: {
      debug: (message) => logger.debug({ provider: 'ecs' }, message),
      warn: (message) => logger.warn({ provider: 'ecs' }, message),
    },
    ...(typeof profile === 'string' ? { profile } : {}),
  })
  const provider = createEcsProvider({ installation, settings, clients, logger })
  return {
    ...provider,
    async close() {
      await provider.close?.()
      clients.close()
    },
  }
}
