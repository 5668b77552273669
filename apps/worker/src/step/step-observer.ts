/** Told of steps and of calls of providers as they begin and end, for metrics and traces. Nothing in it may throw. */
export interface StepObserver {
  startStep(): StepObservation
  startCall(call: ProviderCall): CallObservation
}

interface StepObservation {
  end(step: StepEnd): void
}

interface CallObservation {
  /** `ok` or the code of the error. */
  end(outcome: string): void
}

export interface ProviderCall {
  readonly provider: string
  /** As docs/metrics.md has them, e.g. `get_status`. */
  readonly method: string
}

export interface StepEnd {
  /** What was decided; `none` where nothing could be. */
  readonly action: string
  /** What follows; `error` when the step was rejected and is run again. */
  readonly next: string
}

/** For who does not watch. */
export const silentObserver: StepObserver = {
  startStep: () => ({ end() {} }),
  startCall: () => ({ end() {} }),
}
