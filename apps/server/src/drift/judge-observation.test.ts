import type { Change } from '@landlord/api-contract'
import { expect, it } from 'vitest'
import { type Finding, judgeObservation } from './judge-observation.ts'
import type { Seen } from './look.ts'

const common = { slot: 1, generation: 1, version: 3 }
const seen = (over: Partial<Extract<Seen, { outcome: 'seen' }>> = {}): Seen => ({
  ...common,
  outcome: 'seen',
  state: 'running',
  health: 'healthy',
  settled: true,
  changes: [],
  endpoints: [],
  ...over,
})
const change = (path: string): Change => ({ path, from: 2, to: 1, effect: 'in_place' })
const summary = (finding: Finding) =>
  finding.verdict === 'bad'
    ? `${finding.reason} ${finding.changes.map(({ path }) => path).join(' ')}`.trim()
    : finding.verdict

it.each<[string, Seen, { state?: string; ignore?: string[] }, string]>([
  ['runs as desired', seen(), {}, 'good'],
  ['has no health check', seen({ health: 'none' }), {}, 'good'],
  ['is gone', { ...common, outcome: 'missing' }, {}, 'missing'],
  ['was changed', seen({ changes: [change('/image')] }), {}, 'changed /image'],
  [
    'was changed while it moves',
    seen({ settled: false, state: 'starting', changes: [change('/image')] }),
    {},
    'changed /image',
  ],
  ['is ignored', seen({ changes: [change('/desired_count')] }), { ignore: ['/desired_count'] }, 'good'],
  ['is ignored below', seen({ changes: [change('/env/A'), change('/image')] }), { ignore: ['/env'] }, 'changed /image'],
  [
    'only begins like an ignored one',
    seen({ changes: [change('/environment')] }),
    { ignore: ['/env'] },
    'changed /environment',
  ],
  ['restarts', seen({ settled: false, state: 'starting', health: 'starting' }), {}, 'moving'],
  ['is in an unknown state', seen({ state: 'unknown', health: 'unknown' }), {}, 'moving'],
  ['failed', seen({ state: 'failed', health: 'none', reason: 'crash_loop' }), {}, 'failed'],
  ['fails its health check', seen({ health: 'unhealthy' }), {}, 'unhealthy'],
  ['failed by its health check', seen({ state: 'failed', health: 'unhealthy', reason: 'unhealthy' }), {}, 'unhealthy'],
  ['was stopped', seen({ state: 'stopped', health: 'none' }), { state: 'running' }, 'stopped'],
  [
    'is a job that has ended since',
    seen({ state: 'stopped', health: 'none', idle: 'finished' }),
    { state: 'running' },
    'good',
  ],
  ['is stopped as asked', seen({ state: 'stopped', health: 'none' }), { state: 'stopped' }, 'good'],
  ['is stopped, as it may have been before', seen({ state: 'stopped', health: 'none' }), {}, 'good'],
  ['stopped for a reason', seen({ state: 'stopped', health: 'none', reason: 'exited' }), {}, 'stopped'],
  [
    'stopped and was changed',
    seen({ state: 'stopped', changes: [change('/image')] }),
    { state: 'running' },
    'stopped /image',
  ],
])('a tenant that %s', (_, observation, { state, ignore = [] }, expected) => {
  expect(summary(judgeObservation(observation, { state, ignore }))).toBe(expected)
})
