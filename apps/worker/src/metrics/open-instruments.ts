import type { Logger } from '@landlord/compute-core'
import type { LandlordSettings } from '@landlord/settings'
import { openTracer } from '@landlord/tracing'
import type { Registry } from 'prom-client'
import type { StepObserver } from '../step/step-observer.ts'
import { WORKER_VERSION } from '../worker-version.ts'
import { createStepObserver } from './create-step-observer.ts'
import { createWorkerMetrics, type WorkerMetricSources } from './worker-metrics.ts'

/** What measures and traces a worker, as far as the settings want it. */
export interface Instruments {
  readonly observer: StepObserver
  /** Undefined where `metrics.enabled` is off. */
  readonly registry: Registry | undefined
  close(): Promise<void>
}

export async function openInstruments(
  settings: Pick<LandlordSettings, 'metrics' | 'tracing'>,
  sources: WorkerMetricSources,
  logger: Logger,
): Promise<Instruments> {
  const tracer = await openTracer(settings.tracing, {
    service: 'landlord-worker',
    version: WORKER_VERSION,
    onFailure: (reason) => logger.warn({ reason }, 'traces cannot be sent'),
  })
  const metrics = settings.metrics.enabled ? createWorkerMetrics(sources) : undefined
  return { observer: createStepObserver(metrics, tracer), registry: metrics?.registry, close: tracer.close }
}
