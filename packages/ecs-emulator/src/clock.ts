/** Where the emulator reads the time: milliseconds since 1970. It never goes back. */
export interface EmulatorClock {
  now(): number
}

export interface ManualClock extends EmulatorClock {
  /** Moves on by so many milliseconds; nothing happens until somebody looks. */
  advance(milliseconds: number): void
}

export interface ManualClockSettings {
  /** Milliseconds since 1970; default 2026-01-01T00:00:00Z. */
  readonly startAt?: number
}

/** A clock that stands still until it is told to move. */
export function createManualClock({ startAt = Date.UTC(2026, 0, 1) }: ManualClockSettings = {}): ManualClock {
  let now = startAt
  return {
    now: () => now,
    advance: (milliseconds) => {
      if (!Number.isFinite(milliseconds) || milliseconds < 0) {
        throw new TypeError(`A clock moves forward by a number of milliseconds of at least 0, not by ${milliseconds}.`)
      }
      now += milliseconds
    },
  }
}

export interface RealClockSettings {
  /** How many emulated seconds pass in one real second; default 1. */
  readonly speed?: number
  /** Milliseconds since 1970 at which it starts at the earliest; default: the machine's time. */
  readonly notBefore?: number
}

/** Real time from now on, `speed` times as fast; monotonic, whatever happens to the machine's clock. */
export function createRealClock({ speed = 1, notBefore = 0 }: RealClockSettings = {}): EmulatorClock {
  if (!Number.isFinite(speed) || speed <= 0) throw new TypeError(`speed must be a number above 0, not ${speed}.`)
  const origin = Math.max(Date.now(), notBefore)
  const startedAt = performance.now()
  return { now: () => origin + (performance.now() - startedAt) * speed }
}
