/** Which refused calls are worth a line in the audit trail. */
export interface RefusalSampler {
  /** Whether to record this one; `suppressed` is how many were not since the last that was. */
  take(address: string): { readonly record: boolean; readonly suppressed: number }
}

const WINDOW_MS = 60_000
/** Whoever knocks a thousand times a second must not fill the database: at most some 14,000 lines a day for each server. */
const MOST_PER_WINDOW = 10
/** One loud address must not hide the others. */
const MOST_PER_ADDRESS = 3

export function createRefusalSampler(now: () => Date): RefusalSampler {
  let windowEndsAt = 0
  let recorded = 0
  let suppressed = 0
  // Bounded: only addresses of recorded calls are kept.
  const byAddress = new Map<string, number>()
  return {
    take(address) {
      const time = now().getTime()
      if (time >= windowEndsAt) {
        windowEndsAt = time + WINDOW_MS
        recorded = 0
        byAddress.clear()
      }
      const ofAddress = byAddress.get(address) ?? 0
      if (recorded >= MOST_PER_WINDOW || ofAddress >= MOST_PER_ADDRESS) {
        suppressed += 1
        return { record: false, suppressed }
      }
      recorded += 1
      byAddress.set(address, ofAddress + 1)
      const before = suppressed
      suppressed = 0
      return { record: true, suppressed: before }
    },
  }
}
