import { expect, it } from 'vitest'
import { decideHeal, type HealQuestion } from './decide-heal.ts'

const NOW = new Date('2026-11-20T12:00:00.000Z')
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString()

const question = (over: Partial<HealQuestion> = {}): HealQuestion => ({
  policy: 'heal',
  reason: 'changed',
  history: { heals: [], stoppedAt: undefined },
  now: NOW,
  roundSeconds: 300,
  limits: { healLimit: 3, healWindowSeconds: 21_600 },
  ...over,
})
const healedAgo = (...seconds: number[]) => ({ history: { heals: seconds.map(ago), stoppedAt: undefined } })

it.each<[string, Partial<HealQuestion>, string]>([
  ['never healed before', {}, 'heal'],
  ['of a tenant that only reports', { policy: 'report' }, 'nothing'],
  ['that nothing is left of', { reason: 'missing' }, 'heal'],
  ['that is stopped', { reason: 'stopped' }, 'heal'],
  ['that failed by itself', { reason: 'failed' }, 'nothing'],
  ['that is unhealthy', { reason: 'unhealthy' }, 'nothing'],
  ['healed a moment ago', healedAgo(200), 'nothing'],
  ['healed a round ago', healedAgo(300), 'heal'],
  ['healed an interval ago in a fleet that takes longer', { ...healedAgo(300), roundSeconds: 1000 }, 'nothing'],
  ['healed twice, a round ago', healedAgo(900, 300), 'nothing'],
  ['healed twice, two rounds ago', healedAgo(1500, 600), 'heal'],
  ['healed as often as allowed', healedAgo(3000, 2000, 1000), 'give_up'],
  ['healed as often as allowed, long ago', healedAgo(23_000, 22_000, 1000), 'heal'],
  ['given up before', { history: { heals: [], stoppedAt: ago(900) } }, 'nothing'],
])('a drift %s', (_, over, expected) => {
  expect(decideHeal(question(over)).do).toBe(expected)
})
