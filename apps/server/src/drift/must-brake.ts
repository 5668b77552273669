import { type DriftLimits, roundSeconds } from './drift-limits.ts'

const SHARE_OF_FLEET = 1 / 5
const FEWEST_TENANTS = 5
const SHORTEST_WINDOW_SECONDS = 600

/** Pure. Whether so many tenants turned bad in the window that it is nobody's tenant but everybody's trouble. */
export function mustBrake(turnedBad: number, fleet: number): boolean {
  return turnedBad >= FEWEST_TENANTS && turnedBad > fleet * SHARE_OF_FLEET
}

/** Ten minutes; longer where it takes longer to look at the whole fleet, or what turned bad together would not be counted together. */
export function brakeWindowSeconds(limits: DriftLimits, fleet: number): number {
  return Math.max(SHORTEST_WINDOW_SECONDS, 2 * roundSeconds(limits, fleet))
}
