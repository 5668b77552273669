import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { SlotUse } from '../step/provider-slots.ts'
import { WORKER_VERSION } from '../worker-version.ts'

/** What this worker did since its start. Named and explained in docs/metrics.md. */
export interface WorkerMetrics {
  /** `outcome` is `ok` or the code of the error. */
  observeCall(call: { provider: string; method: string; outcome: string }, seconds: number): void
  /** `action` is `none` where nothing could be decided, `next` what follows, `error` for a step that is run again. */
  observeStep(step: { action: string; next: string }, seconds: number): void
  readonly registry: Registry
}

export interface WorkerMetricSources {
  readonly countSteps: () => number
  readonly isRegistered: () => boolean
  /** Of steps, and of looks in the background. */
  readonly slotUse: () => readonly SlotUse[]
  readonly observeSlotUse: () => readonly SlotUse[]
}

/** From a look at an engine on this machine to a call at its time limit. */
const CALL_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600]

export function createWorkerMetrics(sources: WorkerMetricSources): WorkerMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const calls = new Histogram({
    name: 'landlord_worker_provider_call_duration_seconds',
    help: 'Duration of calls of compute providers.',
    labelNames: ['provider', 'method', 'outcome'],
    buckets: CALL_BUCKETS_SECONDS,
    registers,
  })
  const throttles = new Counter({
    name: 'landlord_worker_provider_throttles_total',
    help: 'Calls of compute providers that ended because the target asked to slow down.',
    labelNames: ['provider'],
    registers,
  })
  const steps = new Histogram({
    name: 'landlord_worker_step_duration_seconds',
    help: 'Duration of reconcile steps.',
    labelNames: ['action', 'next'],
    buckets: CALL_BUCKETS_SECONDS,
    registers,
  })
  registerGauges(sources, registers)
  return {
    observeCall(call, seconds) {
      calls.observe(call, seconds)
      if (call.outcome === 'throttled') throttles.inc({ provider: call.provider })
    },
    observeStep: ({ action, next }, seconds) => steps.observe({ action, next }, seconds),
    registry,
  }
}

function registerGauges(sources: WorkerMetricSources, registers: Registry[]): void {
  new Gauge({
    name: 'landlord_worker_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version: WORKER_VERSION }, 1)
  new Gauge({
    name: 'landlord_worker_registered',
    help: 'Whether the workflow engine knows this worker, or the one that it stands by for: 1 or 0.',
    registers,
    collect() {
      this.set(sources.isRegistered() ? 1 : 0)
    },
  })
  new Gauge({
    name: 'landlord_worker_steps_running',
    help: 'Steps and live looks that are under way.',
    registers,
    collect() {
      this.set(sources.countSteps())
    },
  })
  new Gauge({
    name: 'landlord_worker_provider_slots',
    help: 'Calls of compute providers that are in use of a slot or queued for one.',
    labelNames: ['provider', 'lane', 'state'],
    registers,
    collect() {
      const background = sources.observeSlotUse().map((use) => ({ ...use, kind: 'background' }))
      for (const { provider, kind, running, queued } of [...sources.slotUse(), ...background]) {
        this.set({ provider, lane: kind, state: 'in_use' }, running)
        this.set({ provider, lane: kind, state: 'queued' }, queued)
      }
    },
  })
}
