import { conformance } from '@landlord/provider-conformance'
import { describe, expect, it } from 'vitest'
import { mockCapabilities } from './mock-capabilities.ts'
import { createMockProvider } from './mock-provider.ts'
import type { MockResource } from './mock-resource.ts'
import { mockResourceName } from './mock-resource-name.ts'
import { createMockWorld } from './mock-world.ts'

const OPERATIONS = [
  'provision',
  'update',
  'destroy',
  'get_status',
  'plan',
  'list_owned',
  'read_logs',
  'plan_adoption',
  'adopt',
]

const DEFAULTS = {
  live: { mock: { latency_ms: { default: 2 }, ready_after_ms: 20 } },
  silent: { mock: { latency_ms: { default: 3_600_000 } } },
  unreachable: {
    mock: {
      fail: OPERATIONS.map((operation) => ({ operation, code: 'unavailable' })),
    },
  },
}

conformance({
  describe,
  it,
  expect,
  capabilities: mockCapabilities,
  settleTimeoutMs: 5_000,
  createHarness() {
    const world = createMockWorld()
    return {
      createProvider: ({ installation, target }) =>
        createMockProvider({ installation, world, defaults: DEFAULTS[target] }),
      config: { image: 'app:1', replicas: 2, env: { PASSWORD: 'correct-horse' } },
      changedConfig: { image: 'app:2', replicas: 3, env: { PASSWORD: 'battery-staple' } },
      changedPaths: ['/env/PASSWORD', '/image', '/replicas'],
      invalidConfigs: [{ replicas: -1 }, { mock: { fail: [{ operation: 'provision', code: 'no_such_code' }] } }],
      secret: { name: 'TOKEN', valueFrom: 'env:LANDLORD_SECRET_TOKEN' },
      countWrites: () => world.writes(),
      listRaw: (tenantId) => world.resources().filter(({ name }) => name === mockResourceName(tenantId)),
      createForeign(tenantId) {
        world.createForeign(tenantId)
        return { read: () => world.resources().find(({ name }) => name === mockResourceName(tenantId)) }
      },
      createAdoptable() {
        const { id } = world.createByHand('by-hand', { image: 'theirs:1', mock: { ready_after_ms: 20 } })
        return { resource: id, read: () => startOf(world.resources().find((resource) => resource.id === id)) }
      },
      dispose: () => world.close(),
    }
  },
})

/** It changes when the copies are replaced. */
function startOf(resource: MockResource | undefined): unknown {
  return resource?.service === undefined ? undefined : { changedAt: resource.service.changedAt }
}
