import { CancelledError } from './errors/cancelled-error.ts'

/** Throws `CancelledError` when the signal has been aborted. First line of every provider method that does I/O. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CancelledError({ message: 'the operation was cancelled', cause: signal.reason })
}
