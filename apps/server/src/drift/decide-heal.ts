import type { DriftPolicy, DriftReason } from '@landlord/api-contract'
import type { DriftLimits } from './drift-limits.ts'

/** What was healed of a tenant before. */
interface HealHistory {
  /** Times of the last heals, ISO 8601, oldest first. */
  readonly heals: readonly string[]
  readonly stoppedAt: string | undefined
}

export type HealDecision =
  | { readonly do: 'heal'; readonly attempt: number }
  /** It comes back again and again: somebody, or something, else wants it otherwise. */
  | { readonly do: 'give_up'; readonly attempts: number }
  | { readonly do: 'nothing' }

export interface HealQuestion {
  readonly policy: DriftPolicy
  readonly reason: DriftReason
  readonly history: HealHistory
  readonly now: Date
  /** How long it takes to look at the whole fleet once. */
  readonly roundSeconds: number
  readonly limits: Pick<DriftLimits, 'healLimit' | 'healWindowSeconds'>
}

/** Pure. Whether the history of a tenant that has drifted allows to apply its desired state once more. */
export function decideHeal(question: HealQuestion): HealDecision {
  const { policy, reason, history, now, limits } = question
  if (policy !== 'heal' || history.stoppedAt !== undefined || !isHealable(reason)) return { do: 'nothing' }
  const heals = recentHeals(history.heals, now, limits.healWindowSeconds)
  if (heals.length >= limits.healLimit) return { do: 'give_up', attempts: heals.length }
  const last = heals.at(-1)
  const pauseMs = question.roundSeconds * 1000 * 2 ** (heals.length - 1)
  if (last !== undefined && now.getTime() - Date.parse(last) < pauseMs) return { do: 'nothing' }
  return { do: 'heal', attempt: heals.length + 1 }
}

export function recentHeals(heals: readonly string[], now: Date, windowSeconds: number): string[] {
  return heals.filter((at) => now.getTime() - Date.parse(at) < windowSeconds * 1000)
}

/** Applying what is applied already does nothing for what has failed by itself, and would only add a failed operation. */
function isHealable(reason: DriftReason): boolean {
  return reason === 'missing' || reason === 'stopped' || reason === 'changed'
}
