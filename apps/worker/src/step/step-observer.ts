import type { Work } from './cursor.ts'

/** Told of steps and of calls of providers as they begin and end, for metrics and traces. Nothing in it may throw. */
export interface StepObserver {
  startStep(): StepObservation
  startCall(call: ProviderCall): CallObservation
}

export interface StepObservation {
  /** What the step does; `work` where there is something to do. */
  decided(action: string, work?: Work): void
  /** W3C `traceparent` for what the step calls; undefined where no trace is known. */
  traceParent(): string | undefined
  /** What follows; `error` when the step was rejected and is run again. */
  end(next: string): void
}

interface CallObservation {
  /** `ok` or the code of the error. */
  end(outcome: string): void
}

export interface ProviderCall {
  readonly provider: string
  /** As docs/metrics.md has them, e.g. `get_status`. */
  readonly method: string
  /** Of the step that makes it. Without one the call is in no trace: a look of its own would make a trace each time. */
  readonly traceParent?: string | undefined
}

/** For who does not watch. */
export const silentObserver: StepObserver = {
  startStep: () => ({ decided() {}, traceParent: () => undefined, end() {} }),
  startCall: () => ({ end() {} }),
}
