const FIRST_LOOK_MS = 200
const LOOK_FACTOR = 1.5
const LONGEST_LOOK_MS = 15_000

const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 60_000

/** How long to wait before the next look at something that moves. Quick at first, because most things are. */
export function lookDelayMs(looks: number): number {
  return Math.min(LONGEST_LOOK_MS, Math.round(FIRST_LOOK_MS * LOOK_FACTOR ** looks))
}

/**
 * How long to wait after the `failures`-th failure in a row: doubling, with up to a half taken off by a hash of `seed`, so
 * that a fleet that failed together does not come back together, and a replay waits as long as the first time.
 */
export function retryDelayMs(failures: number, seed: string): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1))
  return Math.round(longest * (0.5 + fraction(`${seed}:${failures}`) / 2))
}

// FNV-1a: spreads well and needs nothing.
function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash / 2 ** 32
}
