import { expect, test } from 'vitest'
import type { ContainerRecord } from '../store/records.ts'
import { restartDelayMs, shouldRestart } from './restart-policy.ts'

const record = (policy: object, parts: Partial<ContainerRecord> = {}, exitCode = 1): ContainerRecord => ({
  id: 'a',
  name: 'web',
  createdAt: '2026-11-26T10:00:00Z',
  config: { HostConfig: { RestartPolicy: policy } },
  imageId: '',
  taskDefinitionArn: '',
  runs: 1,
  restartCount: 0,
  networks: [],
  mounts: [],
  autoRemove: false,
  state: { status: 'exited', exitCode, oomKilled: false, error: '' },
  ...parts,
})

test.each([
  ['no', {}, 1, false],
  ['', {}, 1, false],
  ['always', {}, 0, true],
  ['unless-stopped', {}, 0, true],
  ['on-failure', {}, 0, false],
  ['on-failure', {}, 1, true],
  ['always', { stopRequested: true }, 0, false],
] as const)('policy %o, %o, exit code %i', (Name, parts, exitCode, expected) => {
  expect(shouldRestart(record({ Name }, parts, exitCode))).toBe(expected)
})

test('on-failure counts', () => {
  const policy = { Name: 'on-failure', MaximumRetryCount: 2 }
  expect([0, 1, 2].map((restartCount) => shouldRestart(record(policy, { restartCount })))).toEqual([true, true, false])
})

test('pauses grow to a minute, and begin anew after a run of ten seconds', () => {
  const after = (restartCount: number, seconds: number, parts: Partial<ContainerRecord> = {}): number =>
    restartDelayMs(
      record(
        { Name: 'always' },
        {
          restartCount,
          state: {
            status: 'exited',
            exitCode: 1,
            oomKilled: false,
            error: '',
            startedAt: '2026-11-26T10:00:00.000Z',
            finishedAt: new Date(Date.parse('2026-11-26T10:00:00Z') + seconds * 1000).toISOString(),
          },
          ...parts,
        },
      ),
    )
  expect([0, 1, 2, 20].map((count) => after(count, 1))).toEqual([1000, 2000, 4000, 60_000])
  expect(after(20, 10)).toBe(1000)
  // Those times are an earlier run's.
  expect(after(20, 10, { startFailed: true })).toBe(60_000)
})
