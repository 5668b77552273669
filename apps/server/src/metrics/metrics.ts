import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { SERVER_VERSION } from '../server-version.ts'
import type { StartedOperation } from '../tenants/apply-report.ts'
import type { FinishedOperation } from '../tenants/finished-operation.ts'
import { createCounters } from './counters.ts'
import { registerDriftGauges } from './drift-gauges.ts'
import { type MetricSources, registerGauges } from './gauges.ts'
import { createHistograms } from './histograms.ts'
import { registerWebhookGauges } from './webhook-gauges.ts'

/** What this server did since its start, and what its database holds. Named and explained in docs/metrics.md. */
export interface Metrics {
  /** `route` is a pattern: a path with an id in it would be a series of its own. */
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
  observeStart(operation: StartedOperation): void
  observeEnd(operation: FinishedOperation): void
  countTriggerSent(): void
  countTriggerFailure(reason: string): void
  countResent(count: number): void
  countObservation(outcome: string): void
  countHeal(): void
  readonly registry: Registry
}

export function createMetrics(sources: MetricSources, now: () => Date): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'landlord_server_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version: SERVER_VERSION }, 1)
  registerGauges(sources, now, registers)
  registerWebhookGauges(sources, now, registers)
  registerDriftGauges(sources, now, registers)
  return {
    ...createHistograms(registers),
    ...createCounters(registers),
    registry,
  }
}
