import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface MetricSources {
  /** Tenants by status and provider. */
  readonly countTenants: () => Promise<readonly { status: string; provider: string; count: number }[]>
  readonly countOpenOperations: () => Promise<number>
  /** Long polls that are waiting. */
  readonly countWaits: () => number
}

export interface Metrics {
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
  countTriggerFailure(reason: string): void
  countResent(count: number): void
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Counting 50,000 tenants takes milliseconds; scrapers that come often need not pay for it each time. */
const GAUGE_CACHE_MS = 10_000
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function createMetrics(sources: MetricSources, now: () => Date): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const durations = new Histogram({
    name: 'landlord_http_request_duration_seconds',
    help: 'Duration of HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  })
  const triggerFailures = new Counter({
    name: 'landlord_trigger_failures_total',
    help: 'Triggers that the workflow engine did not take; the sweep sends them again.',
    labelNames: ['reason'],
    registers,
  })
  const resent = new Counter({
    name: 'landlord_sweep_resent_total',
    help: 'Open operations that the sweep triggered again.',
    registers,
  })
  registerGauges(sources, now, registers)
  return {
    observeRequest: ({ method, route, status }, seconds) =>
      durations.observe({ method, route, status: String(status) }, seconds),
    countTriggerFailure: (reason) => triggerFailures.inc({ reason }),
    countResent: (count) => resent.inc(count),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function registerGauges(sources: MetricSources, now: () => Date, registers: Registry[]): void {
  let collectedAt = Number.NEGATIVE_INFINITY
  new Gauge({
    name: 'landlord_tenants',
    help: 'Tenants by status and provider.',
    labelNames: ['status', 'provider'],
    registers,
    async collect() {
      if (now().getTime() - collectedAt < GAUGE_CACHE_MS) return
      const counts = await sources.countTenants()
      this.reset()
      for (const { status, provider, count } of counts) this.set({ status, provider }, count)
      collectedAt = now().getTime()
    },
  })
  new Gauge({
    name: 'landlord_operations_open',
    help: 'Operations that are under way.',
    registers,
    async collect() {
      this.set(await sources.countOpenOperations())
    },
  })
  new Gauge({
    name: 'landlord_waits_open',
    help: 'Long polls that are waiting.',
    registers,
    collect() {
      this.set(sources.countWaits())
    },
  })
}
