import type { Emulator } from '../emulator.ts'
import type { FaultKind } from '../faults.ts'

/** In place of an answer: the connection is reset. */
export const RESET: unique symbol = Symbol('reset')

interface Attempt<Result> {
  readonly run: () => Result
  /** What `run` would throw to answer with this error. */
  readonly refuse: (fault: Extract<FaultKind, { kind: 'error' }>) => Error
}

/** Carries out a neighbour's operation with the fault that was injected under its name, if any. */
export function underFault<Result>(
  { faults }: Emulator,
  operation: string,
  { run, refuse }: Attempt<Result>,
): Result | typeof RESET {
  const fault = faults.takeNamed(operation)
  if (fault?.kind === 'error') throw refuse(fault)
  if (fault?.kind === 'reset') return RESET
  const result = run()
  return fault?.kind === 'lost_reply' ? RESET : result
}
