const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses after the first, second, … failed attempt of a delivery; the last one holds for the rest. */
const PAUSES_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
/** Up to so much shorter or longer, so that what failed together does not come back together. */
const JITTER = 0.2
/** A delivery is tried for so long. */
const RETRY_FOR_MS = 72 * HOUR
/** An endpoint that fails is left alone for so long after the first failure, then twice as long, … */
const FIRST_REST_MS = SECOND
const LONGEST_REST_MS = 5 * MINUTE
/** An endpoint may ask for more. */
const LONGEST_ASKED_REST_MS = HOUR

export interface FailedDelivery {
  /** Attempts since it was made, or since somebody asked for it again; the one that has just failed included. */
  readonly attempts: number
  /** When that was. */
  readonly since: Date
  readonly now: Date
  /** From 0 to 1. */
  readonly chance: number
}

/** When to try again; undefined when it has been tried for long enough. The last attempt is made when the time is up. */
export function nextAttempt({ attempts, since, now, chance }: FailedDelivery): Date | undefined {
  const end = since.getTime() + RETRY_FOR_MS
  if (now.getTime() >= end) return undefined
  const pause = PAUSES_MS[Math.min(attempts, PAUSES_MS.length) - 1] ?? SECOND
  const jittered = pause * (1 - JITTER + 2 * JITTER * chance)
  return new Date(Math.min(now.getTime() + jittered, end))
}

/** How long to leave an endpoint alone that has failed so many times in a row. */
export function restMs(failures: number, askedMs = 0): number {
  const rest = Math.min(FIRST_REST_MS * 2 ** Math.min(failures - 1, 20), LONGEST_REST_MS)
  return Math.max(rest, Math.min(askedMs, LONGEST_ASKED_REST_MS))
}
