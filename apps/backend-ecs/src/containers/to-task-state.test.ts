import type { Task } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { toTaskState } from './to-task-state.ts'

const at = new Date('2026-11-26T10:00:00Z')
const attachments = [{ type: 'ElasticNetworkInterface', details: [{ name: 'privateIPv4Address', value: '10.0.0.7' }] }]
const task = (parts: Task, container: NonNullable<Task['containers']>[number] = {}): Task => ({
  attachments,
  ...parts,
  containers: [{ name: 'container', ...container }],
})

test.each([
  ['PROVISIONING', 'PENDING', 'starting'],
  ['PENDING', 'PENDING', 'starting'],
  ['ACTIVATING', 'PENDING', 'starting'],
  ['RUNNING', 'RUNNING', 'running'],
  // Until its container has ended it runs, whatever has been asked of it.
  ['DEACTIVATING', 'RUNNING', 'running'],
  ['STOPPING', 'RUNNING', 'running'],
] as const)('a task that is %s, its container %s, is %s', (lastStatus, containerStatus, phase) => {
  expect(toTaskState(task({ lastStatus }, { lastStatus: containerStatus }))).toMatchObject({
    phase,
    address: '10.0.0.7',
  })
})

test('a container has ended with its exit code, long before its task', () => {
  const ended = task(
    { lastStatus: 'DEPROVISIONING', startedAt: at, executionStoppedAt: at },
    { lastStatus: 'STOPPED', exitCode: 3 },
  )
  expect(toTaskState(ended)).toMatchObject({
    phase: 'ended',
    failedToStart: false,
    state: { exitCode: 3, error: '', oomKilled: false, finishedAt: at.toISOString() },
  })
  // Without one, nothing is known before the task has ended.
  expect(toTaskState(task({ lastStatus: 'DEPROVISIONING', startedAt: at }, { lastStatus: 'STOPPED' })).phase).toBe(
    'starting',
  )
})

test.each([
  [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }, 137, true, ''],
  [{ exitCode: 137 }, 137, false, ''],
  [{}, 137, false, 'Host EC2 (instance) terminated.'],
])('%o after a run', (container, exitCode, oomKilled, error) => {
  const stopped = task(
    { lastStatus: 'STOPPED', startedAt: at, stoppedAt: at, stoppedReason: 'Host EC2 (instance) terminated.' },
    { lastStatus: 'STOPPED', ...container },
  )
  expect(toTaskState(stopped)).toMatchObject({ failedToStart: false, state: { exitCode, oomKilled, error } })
})

test.each([
  ['CannotPullContainerError: manifest unknown', 128],
  ['CannotStartContainerError: exec: "x": executable file not found in $PATH', 127],
  ['CannotStartContainerError: exec: "/etc/passwd": permission denied', 126],
])('a task that could not start, for %s', (stoppedReason, exitCode) => {
  const stopped = task({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason, stoppedAt: at })
  expect(toTaskState(stopped)).toMatchObject({
    phase: 'ended',
    failedToStart: true,
    state: { exitCode, error: stoppedReason },
  })
})

test('health is told where there is a check', () => {
  const running = (healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN') =>
    toTaskState(task({ lastStatus: 'RUNNING' }, { lastStatus: 'RUNNING', healthStatus })).state.health
  expect([running('HEALTHY'), running('UNHEALTHY'), running('UNKNOWN')]).toEqual(['healthy', 'unhealthy', undefined])
})
