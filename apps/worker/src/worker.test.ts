import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestSystem, type TestSystem } from '../test/test-system.ts'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.close())

describe('a worker on a real engine', () => {
  it('takes a tenant from requested to ready', async () => {
    system.server.change('acme', 'provision', { mock: { ready_after_ms: 300 } })
    expect(await system.trigger('acme')).toBe(202)
    await vi.waitFor(() => expect(system.server.tenant('acme').status).toBe('ready'), 5000)
    expect(system.world.resources({ tenantId: 'acme' })).toHaveLength(2)
    expect(system.server.tenant('acme').reports.map((report) => report.outcome)).toEqual([
      'in_progress',
      'in_progress',
      'succeeded',
    ])
  })
})
