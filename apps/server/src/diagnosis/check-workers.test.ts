import { describe, expect, it } from 'vitest'
import type { WorkerRow } from '../store/database.ts'
import { checkWorkers } from './check-workers.ts'

const NOW = new Date('2026-01-01T01:00:00.000Z')

function worker(over: Partial<WorkerRow> = {}): WorkerRow {
  return {
    id: 'w-1',
    version: '1.0.0',
    node_version: 'v24.0.0',
    url: 'http://10.0.0.1:9080',
    providers: '["mock"]',
    registered: 1,
    clock_skew_ms: 4,
    started_at: '2026-01-01T00:00:00.000Z',
    seen_at: '2026-01-01T00:59:50.000Z',
    ...over,
  }
}

describe('checkWorkers', () => {
  const away = worker({ seen_at: '2026-01-01T00:50:00.000Z' })
  it.each<[string, WorkerRow[], string, RegExp]>([
    ['all is well', [worker(), worker({ id: 'w-2' }), away], 'ok', /^2 workers of version 1\.0\.0, seen 10 s ago$/],
    ['there never was one', [], 'error', /no worker has been seen/],
    ['the last one is away', [away], 'error', /10\.0\.0\.1:9080 was seen 10 min ago/],
    ['the engine does not know one', [worker({ registered: 0 })], 'error', /is not registered/],
    ['its clock is wrong', [worker({ clock_skew_ms: -60_000 })], 'warning', /is 60 s away/],
    [
      'versions differ',
      [worker(), worker({ version: '0.9.0' })],
      'warning',
      /is version 0\.9\.0, the server is 1\.0\.0/,
    ],
  ])('says when %s', (_, workers, status, message) => {
    expect(checkWorkers(workers, { now: NOW, version: '1.0.0' })).toMatchObject({
      status,
      message: expect.stringMatching(message),
    })
  })
})
