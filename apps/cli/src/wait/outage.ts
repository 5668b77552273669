import { ApiError, ConnectionError } from '@landlord/api-contract'
import { oneLine } from '../render/safe-text.ts'

/** One loop's patience with its server. */
export interface Outage {
  /** What `look` gives, `undefined` while the server is away. Rejects when it is away for too long. */
  bridge<Seen>(look: () => Promise<Seen>, signal: AbortSignal): Promise<Seen | undefined>
  /** The server has said something while a look goes on. */
  noteAnswer(): void
}

/** Calls `onStart` once for each time that the server is away. */
export function createOutage(onStart: (message: string) => void): Outage {
  let lastAnswer = performance.now()
  let isAway = false
  const noteAnswer = () => {
    lastAnswer = performance.now()
    isAway = false
  }
  return {
    noteAnswer,
    async bridge(look, signal) {
      try {
        const seen = await look()
        noteAnswer()
        return seen
      } catch (error) {
        if (signal.aborted || !isOutage(error) || performance.now() - lastAnswer > TOLERATED_OUTAGE_MS) throw error
        if (!isAway) onStart(oneLine(error.message))
        isAway = true
        return undefined
      }
    },
  }
}

/** Long enough for a server to be restarted. */
export const TOLERATED_OUTAGE_MS = 60_000

/** The server is away or not itself: worth another try. */
export function isOutage(error: unknown): error is Error {
  return ConnectionError.isInstance(error) || (ApiError.isInstance(error) && error.status >= 500)
}
