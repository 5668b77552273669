import { describe, expect, it } from 'vitest'
import type { FinishedOperation } from '../tenants/finished-operation.ts'
import type { MetricSources } from './gauges.ts'
import { createMetrics } from './metrics.ts'

const NOW = new Date('2026-01-01T00:10:00.000Z')
const quiet: MetricSources = {
  countTenants: async () => [],
  countOpenOperations: async () => [],
  countWaits: () => 0,
  countDrift: async () => [],
  countLooks: async () => 0,
  readOldestLook: async () => undefined,
  isBrakeApplied: async () => false,
  countStreams: () => 0,
  countDeliveries: async () => ({ count: 0 }),
}
const page = async (
  sources: Partial<MetricSources>,
  use: (metrics: ReturnType<typeof createMetrics>) => void = () => {},
) => {
  const metrics = createMetrics({ ...quiet, ...sources }, () => NOW)
  use(metrics)
  return await metrics.registry.metrics()
}
const failed = (code: string): FinishedOperation => ({
  id: 'operation',
  tenantId: 'tenant',
  kind: 'provision',
  provider: 'mock',
  outcome: 'failed',
  code,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:42.000Z',
  attempts: 1,
})

describe('createMetrics', () => {
  it('tells how long the oldest operation has waited for a worker', async () => {
    const open = [
      { state: 'pending', count: 3, oldest: '2026-01-01T00:08:00.000Z' },
      { state: 'running', count: 2, oldest: '2026-01-01T00:00:00.000Z' },
    ]
    const text = await page({ countOpenOperations: async () => open })
    expect(text).toContain('landlord_oldest_pending_operation_age_seconds 120')
    expect(text).toContain('landlord_operations_open{state="pending"} 3')
    expect(text).toContain('landlord_operations_open{state="backing-off"} 0')
    expect(await page({})).toContain('landlord_oldest_pending_operation_age_seconds 0')
  })

  it('tells how long webhooks have not been told', async () => {
    const pending = { count: 4, oldest: '2026-01-01T00:09:00.000Z' }
    const text = await page({ countDeliveries: async () => pending })
    expect(text).toContain('landlord_webhook_deliveries_pending 4')
    expect(text).toContain('landlord_webhook_oldest_pending_age_seconds 60')
    expect(await page({})).toContain('landlord_webhook_oldest_pending_age_seconds 0')
  })

  it('loses only what the database would have told while that is away', async () => {
    const away = () => Promise.reject(new Error('away'))
    const sources = { countTenants: away, countOpenOperations: away, countDeliveries: away }
    const text = await page(sources, (metrics) => metrics.countResent(7))
    expect(text).toContain('landlord_sweep_resent_total 7')
    expect(text).not.toMatch(/^landlord_(operations_open|oldest_pending_operation_age_seconds|webhook_)/m)
  })

  it('measures operations from acceptance to end', async () => {
    const text = await page({}, (metrics) => metrics.observeEnd(failed('image_not_found')))
    expect(text).toContain(
      'landlord_operation_duration_seconds_sum{provider="mock",kind="provision",outcome="failed"} 42',
    )
    expect(text).toContain(
      'landlord_operation_failures_total{provider="mock",kind="provision",code="image_not_found"} 1',
    )
  })

  it('bounds the codes that a provider makes up', async () => {
    const text = await page({}, (metrics) => {
      for (let index = 0; index < 130; index += 1) metrics.observeEnd(failed(`made_up_${index}`))
      metrics.observeEnd(failed('made_up_0'))
    })
    expect(text.match(/^landlord_operation_failures_total\{/gm)).toHaveLength(101)
    expect(text).toMatch(/code="other"\} 30$/m)
    expect(text).toMatch(/code="made_up_0"\} 2$/m)
  })
})
