import { expect, onTestFinished, test } from 'vitest'
import { openStateStore } from '../store/state-store.ts'
import { openEventLog } from './event-log.ts'

test('events go on from the one that was seen last, also within one millisecond', () => {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  const now = Date.parse('2026-01-01T00:00:00Z')
  const log = openEventLog(store.database, () => new Date(now))
  for (const id of ['a', 'b', 'c']) log.publish({ type: 'image', action: 'tag', id })
  const all = log.read({ since: 0, until: now })
  expect(all.map(({ Actor }) => Actor.ID)).toEqual(['a', 'b', 'c'])
  expect(log.read({ since: Math.round((all[1]?.timeNano ?? 0) / 1_000), until: now })).toEqual(all.slice(1))
})
