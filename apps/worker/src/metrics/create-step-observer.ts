import type { StepObserver } from '../step/step-observer.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** Measures steps and calls. */
export function createStepObserver(metrics: WorkerMetrics | undefined): StepObserver {
  return {
    startStep() {
      const elapsed = stopwatch()
      return { end: (step) => metrics?.observeStep(step, elapsed()) }
    },
    startCall(call) {
      const elapsed = stopwatch()
      return {
        end: (outcome) => metrics?.observeCall({ provider: call.provider, method: call.method, outcome }, elapsed()),
      }
    },
  }
}

function stopwatch(): () => number {
  const startedAt = performance.now()
  return () => (performance.now() - startedAt) / 1000
}
