import { OPEN_OPERATION_STATES } from '@landlord/api-contract'
import { Gauge, type Registry } from 'prom-client'
import type { OpenOperations } from '../store/operation-store.ts'
import type { DriftSources } from './drift-gauges.ts'
import { shareAnswers } from './share-answers.ts'
import type { WebhookSources } from './webhook-gauges.ts'

export interface MetricSources extends DriftSources, WebhookSources {
  /** Tenants by status and provider. */
  readonly countTenants: () => Promise<readonly { status: string; provider: string; count: number }[]>
  readonly countOpenOperations: () => Promise<readonly OpenOperations[]>
  /** Long polls that are waiting. */
  readonly countWaits: () => number
  /** Streams of events and reads of logs that are open. */
  readonly countStreams: () => number
}

/** Counting 50,000 tenants takes milliseconds; scrapers that come often need not pay for it each time. */
const TENANTS_CACHE_MS = 10_000

/**
 * What is so at the moment. What comes from the database is the same in every server that shares it, and missing while that
 * does not answer: the rest of the page must not be lost with it.
 */
export function registerGauges(sources: MetricSources, now: () => Date, registers: Registry[]): void {
  registerTenants(sources, now, registers)
  registerOperations(sources, now, registers)
  new Gauge({
    name: 'landlord_waits_open',
    help: 'Long polls that are waiting.',
    registers,
    collect() {
      this.set(sources.countWaits())
    },
  })
  new Gauge({
    name: 'landlord_streams_open',
    help: 'Streams of events and reads of logs that are open.',
    registers,
    collect() {
      this.set(sources.countStreams())
    },
  })
}

function registerTenants({ countTenants }: MetricSources, now: () => Date, registers: Registry[]): void {
  let collectedAt = Number.NEGATIVE_INFINITY
  new Gauge({
    name: 'landlord_tenants',
    help: 'Tenants by status and provider.',
    labelNames: ['status', 'provider'],
    registers,
    async collect() {
      if (now().getTime() - collectedAt < TENANTS_CACHE_MS) return
      const counts = await countTenants().catch(() => [])
      this.reset()
      for (const { status, provider, count } of counts) this.set({ status, provider }, count)
      if (counts.length > 0) collectedAt = now().getTime()
    },
  })
}

function registerOperations(sources: MetricSources, now: () => Date, registers: Registry[]): void {
  const count = shareAnswers(sources.countOpenOperations)
  new Gauge({
    name: 'landlord_operations_open',
    help: 'Operations that are under way, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      const open = await count().catch(() => undefined)
      if (open === undefined) return
      for (const state of OPEN_OPERATION_STATES) {
        this.set({ state }, open.find((group) => group.state === state)?.count ?? 0)
      }
    },
  })
  new Gauge({
    name: 'landlord_oldest_pending_operation_age_seconds',
    help: 'Age of the oldest operation that no worker has reported of; 0 without one.',
    registers,
    async collect() {
      const open = await count().catch(() => undefined)
      if (open === undefined) return this.remove()
      const oldest = open.find((group) => group.state === 'pending')?.oldest
      this.set(oldest === undefined ? 0 : Math.max(0, now().getTime() - Date.parse(oldest)) / 1000)
    },
  })
}
