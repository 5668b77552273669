import {
  type ComputeProvider,
  createConfigValidator,
  InvalidSpecError,
  type TenantComputeSpec,
  type TenantRef,
  UnsupportedSpecificationError,
  validateSpec,
} from '@landlord/compute-core'
import { adopt, planAdoption } from './adopt.ts'
import { destroy } from './destroy.ts'
import { getStatus } from './get-status.ts'
import { listOwned } from './list-owned.ts'
import { mockCapabilities } from './mock-capabilities.ts'
import { createMockClient, type MockClient } from './mock-client.ts'
import { mockConfigSchema } from './mock-config-schema.ts'
import { type MockProviderSettings, resolveMockSettings } from './mock-settings.ts'
import { plan } from './plan.ts'
import { provision } from './provision.ts'
import { readLogs } from './read-logs.ts'
import { update } from './update.ts'

/** A provider with every optional member of the contract. */
export type MockProvider = Required<ComputeProvider>

/** A provider whose target is simulated. Everything it knows is in `settings.world`. Throws `TypeError` without an installation id. */
export function createMockProvider(settings: MockProviderSettings): MockProvider {
  const resolved = resolveMockSettings(settings)
  const { name, defaults, world, ownsWorld } = resolved
  const validator = createConfigValidator(mockConfigSchema)

  const forSpec = (spec: TenantComputeSpec): MockClient =>
    createMockClient(resolved, spec.tenantId, spec.providerConfig)
  const forTenant = (tenant: TenantRef): MockClient =>
    createMockClient(resolved, tenant.tenantId, tenant.providerConfig)

  const validate = (spec: TenantComputeSpec): void => {
    validateSpec(spec, { name, capabilities: mockCapabilities })
    if (spec.containers.length > 0) {
      throw new UnsupportedSpecificationError({
        message: `provider "${name}" runs what compute_config says; leave \`containers\` empty and set \`image\``,
      })
    }
    validator.assert(spec.providerConfig, `configuration of provider "${name}"`)
  }

  return {
    specificationVersion: 'v1',
    name,
    capabilities: mockCapabilities,
    configSchema: mockConfigSchema,
    configDefaults: defaults,
    validateConfig: (config) => validator.assert(config, `configuration of provider "${name}"`),
    validate,
    async provision(spec, options) {
      validate(spec)
      return await provision(forSpec(spec), spec, options)
    },
    async update(tenant, spec, options) {
      validate(spec)
      assertSameTenant(tenant, spec)
      return await update(forSpec(spec), spec, options)
    },
    destroy: (tenant, options) => destroy(forTenant(tenant), options),
    getStatus: (tenant, options) => getStatus(forTenant(tenant), options),
    async plan(tenant, spec, options) {
      validate(spec)
      assertSameTenant(tenant, spec)
      return await plan(forSpec(spec), spec, options)
    },
    async planAdoption(adoption, options) {
      return await planAdoption(createMockClient(resolved, adoption.tenantId, defaults), adoption, options)
    },
    async adopt(spec, resource, options) {
      validate(spec)
      return await adopt(forSpec(spec), { spec, resource }, options)
    },
    listOwned: (options) => listOwned(createMockClient(resolved, '', defaults), options),
    readLogs: (tenant, options) => readLogs(forTenant(tenant), options),
    async close() {
      if (ownsWorld) world.close()
    },
  }
}

function assertSameTenant(tenant: TenantRef, spec: TenantComputeSpec): void {
  if (tenant.tenantId === spec.tenantId) return
  const message = `is "${spec.tenantId}", but the tenant to change is "${tenant.tenantId}"`
  throw new InvalidSpecError({ issues: [{ path: '/tenantId', keyword: 'rule', message }] })
}
