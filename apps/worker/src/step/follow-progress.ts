import type { WorkerReport } from '@landlord/api-contract'

/** Progress is passed on at most so often. */
const TICK_MS = 1000
/** Without any progress the server is still asked whether the operation is open, so that a delete need not wait for a slow pull. */
const SILENCE_MS = 3000

export interface FollowProgressOptions {
  /** Resolves to false when a newer operation has taken over. */
  readonly report: (message: string | undefined) => Promise<boolean>
  /** Called once when a newer operation has taken over. */
  readonly onSuperseded: () => void
  readonly onError: (error: unknown) => void
}

export interface ProgressFollower {
  readonly onProgress: (message: string) => void
  /** Resolves when nothing is on its way any more: a later report must not overtake. */
  readonly stop: () => Promise<void>
}

/** Tells the server what a long call is doing, while it is doing it. A short one costs nothing. */
export function followProgress({ report, onSuperseded, onError }: FollowProgressOptions): ProgressFollower {
  let message: string | undefined
  let sent: string | undefined
  let silentFor = 0
  let underWay: Promise<void> | undefined

  const send = async (): Promise<void> => {
    sent = message
    silentFor = 0
    try {
      if (!(await report(message))) onSuperseded()
    } catch (error) {
      onError(error)
    } finally {
      underWay = undefined
    }
  }
  const timer = setInterval(() => {
    silentFor += TICK_MS
    if (underWay === undefined && (message !== sent || silentFor >= SILENCE_MS)) underWay = send()
  }, TICK_MS)

  return {
    onProgress: (next) => {
      message = next
    },
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}

/** The report behind a progress message. */
export function progressReport(
  operationId: string,
  generation: number,
  attempts: number,
  message: string | undefined,
): WorkerReport {
  return {
    operation_id: operationId,
    generation,
    outcome: 'in_progress',
    attempts,
    ...(message === undefined ? {} : { message }),
  }
}
