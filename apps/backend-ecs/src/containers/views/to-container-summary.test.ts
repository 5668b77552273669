import { expect, test } from 'vitest'
import type { ContainerRecord } from '../../store/records.ts'
import { humanDuration } from './human-duration.ts'
import { matchesFilters } from './matches-filters.ts'
import { statusText } from './to-container-summary.ts'

const NOW = new Date('2026-01-01T00:10:00Z')
const RECORD: ContainerRecord = {
  id: 'f'.repeat(64),
  name: 'web',
  createdAt: '2026-01-01T00:00:00Z',
  config: { Image: 'web:1', Labels: { team: 'a' } },
  imageId: `sha256:${'a'.repeat(64)}`,
  taskDefinitionArn: 'arn',
  runs: 1,
  restartCount: 0,
  state: { status: 'running', exitCode: 0, oomKilled: false, error: '', startedAt: '2026-01-01T00:07:00Z' },
  networks: [],
  mounts: [],
  autoRemove: false,
}

test.each([
  [{}, 'Up 3 minutes'],
  [{ health: 'starting' as const }, 'Up 3 minutes (health: starting)'],
  [{ health: 'healthy' as const }, 'Up 3 minutes (healthy)'],
  [{ status: 'exited' as const, exitCode: 137, finishedAt: '2026-01-01T00:09:58Z' }, 'Exited (137) 2 seconds ago'],
  [{ status: 'created' as const }, 'Created'],
])('%j reads %s', (state, text) => {
  expect(statusText({ ...RECORD, state: { ...RECORD.state, ...state } }, NOW)).toBe(text)
})

test.each([
  [0.5, 'Less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [61, 'About a minute'],
  [119, 'About a minute'],
  [3540, '59 minutes'],
  [3600, 'About an hour'],
  [7200, '2 hours'],
  [172_800, '2 days'],
  [1_209_600, '2 weeks'],
  [5_184_000, '2 months'],
  [63_072_000, '2 years'],
])('%d seconds are "%s"', (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text)
})

test.each([
  ['name', 'we', true],
  ['name', '^/web$', true],
  ['name', '^eb', false],
  ['id', 'fff', true],
  ['label', 'team', true],
  ['label', 'team=a', true],
  ['label', 'team=b', false],
  ['status', 'running', true],
  ['status', 'exited', false],
  ['ancestor', 'web:1', true],
  ['ancestor', 'other', false],
  ['health', 'none', true],
  ['network', 'bridge', true],
])('the filter %s=%s fits: %s', (key, value, fits) => {
  const context = {
    findImage: () => undefined,
    findNetwork: () => undefined,
    imagesNamed: () => [],
    findContainer: () => undefined,
  }
  expect(matchesFilters(RECORD, new Map([[key, [value]]]), context)).toBe(fits)
})
