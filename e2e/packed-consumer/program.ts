import {
  ComputeError,
  InvalidConfigError,
  type OperationOptions,
  ProviderRegistry,
  selectProvider,
  silentLogger,
  type TenantComputeSpec,
} from '@landlord/compute-core'
import { createDockerProvider } from '@landlord/provider-docker'
import { createMockProvider } from '@landlord/provider-mock'
import { createLanternProvider } from './lantern-provider.js'
import { Street } from './street.js'

const installation = 'consumer'
const registry = new ProviderRegistry()
  .register(createMockProvider({ installation }))
  .register(createDockerProvider({ installation }))
  .register(createLanternProvider({ installation, street: new Street() }))

const name = selectProvider(registry, { request: { compute_provider: 'mock' } })
const mock = registry.get(name)
const refused = issuePaths(() => mock.validateConfig({ imagee: 'shop:1' }))

const spec: TenantComputeSpec = {
  tenantId: 't-1',
  providerType: name,
  containers: [],
  providerConfig: { image: 'shop:1' },
}
const options: OperationOptions = {
  operationId: 'o-1',
  generation: 1,
  signal: new AbortController().signal,
  logger: silentLogger,
}
const { resourceIds } = await mock.provision(spec, options)
const tenant = { tenantId: 't-1', providerConfig: spec.providerConfig, resourceIds }
const { state } = await mock.getStatus(tenant, options)
await mock.destroy(tenant, options)
const afterDestroy = await mock
  .getStatus(tenant, options)
  .catch((error: unknown) => ComputeError.isInstance(error) && error.code)

process.stdout.write(JSON.stringify({ providers: registry.list(), refused, status: state, afterDestroy }))
await registry.close()

function issuePaths(validate: () => void): string[] {
  try {
    validate()
    return []
  } catch (error) {
    return InvalidConfigError.isInstance(error) ? error.issues.map(({ path }) => path) : [String(error)]
  }
}
