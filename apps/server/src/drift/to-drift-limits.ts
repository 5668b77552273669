import type { LandlordSettings } from '@landlord/settings'
import type { DriftLimits } from './drift-limits.ts'

export function toDriftLimits(drift: LandlordSettings['drift']): DriftLimits {
  return {
    intervalSeconds: drift.interval_seconds,
    maxPerSecond: drift.max_per_second,
    concurrency: drift.concurrency,
    healConcurrency: drift.heal_concurrency,
    healLimit: drift.heal_limit,
    healWindowSeconds: drift.heal_window_seconds,
  }
}
