import type { Span, Tracer } from '@landlord/tracing'
import type { Work } from '../step/cursor.ts'
import type { StepObservation, StepObserver } from '../step/step-observer.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** Measures and traces steps and calls. */
export function createStepObserver(metrics: WorkerMetrics | undefined, tracer: Tracer): StepObserver {
  return {
    startStep: () => observeStep(metrics, tracer),
    startCall({ provider, method, traceParent }) {
      const elapsed = stopwatch()
      const attributes = { 'landlord.provider': provider, 'landlord.provider.method': method }
      const span =
        traceParent === undefined
          ? undefined
          : tracer.startSpan({ name: `${provider} ${method}`, kind: 'client', parent: traceParent, attributes })
      return {
        end(outcome) {
          metrics?.observeCall({ provider, method, outcome }, elapsed())
          span?.end({ error: outcome === 'ok' ? undefined : outcome })
        },
      }
    },
  }
}

function observeStep(metrics: WorkerMetrics | undefined, tracer: Tracer): StepObservation {
  const startedAt = new Date()
  const elapsed = stopwatch()
  let action = 'none'
  let span: Span | undefined
  return {
    decided(decided, work) {
      action = decided
      if (work?.operation.trace_parent !== undefined) span = startSpan(tracer, { action, work, startedAt })
    },
    traceParent: () => span?.traceParent,
    end(next) {
      metrics?.observeStep({ action, next }, elapsed())
      span?.end({ attributes: { 'landlord.step.next': next }, error: next === 'error' ? 'error' : undefined })
    },
  }
}

function startSpan(tracer: Tracer, { action, work, startedAt }: { action: string; work: Work; startedAt: Date }): Span {
  return tracer.startSpan({
    name: `step ${action}`,
    parent: work.operation.trace_parent,
    startedAt,
    attributes: {
      'landlord.operation_id': work.operation.id,
      'landlord.tenant_id': work.tenant_id,
      'landlord.provider': work.provider,
      'landlord.generation': work.generation,
    },
  })
}

function stopwatch(): () => number {
  const startedAt = performance.now()
  return () => (performance.now() - startedAt) / 1000
}
