import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import type { Failure } from './assess-service.ts'
import { explainFailure, latestProblem } from './explain-failure.ts'

const SINCE = new Date('2026-01-01T12:00:00Z')
const failure: Failure = { how: 'gave_up', usable: false, deploymentId: 'ecs-svc/2', since: SINCE }
const after = new Date('2026-01-01T12:01:00Z')
const before = new Date('2026-01-01T11:59:00Z')

const stopped = (more: Partial<Task>): Task => ({ startedBy: 'ecs-svc/2', stoppedAt: after, ...more })
const byTask = (more: Partial<Task>) => explainFailure({ failure, events: [], stoppedTasks: [stopped(more)] })
const byEvent = (text: string) =>
  explainFailure({ failure, events: [{ createdAt: after, message: `(service shop) ${text}` }], stoppedTasks: [] })

describe('explainFailure', () => {
  it.each([
    ['image_not_found', 'CannotPullContainerError: pull image manifest has been retried 5 time(s): not found'],
    [
      'role_not_assumable',
      "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.",
    ],
    [
      'secret_missing',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm',
    ],
    [
      'image_not_found',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s)',
    ],
    ['out_of_memory', 'OutOfMemoryError: Container killed due to memory usage'],
    ['unhealthy', 'Task failed container health checks'],
    ['unhealthy', 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:…)'],
    ['crash_loop', 'Essential container in task exited'],
    ['task_failed_to_start', 'CannotStartContainerError: failed to create shim task'],
    ['task_failed_to_start', 'ResourceInitializationError: failed to configure ENI'],
  ])('%s from a stopped task', (reason, stoppedReason) => {
    expect(byTask({ stoppedReason })).toMatchObject({ reason, message: expect.stringContaining(stoppedReason) })
  })

  it.each([
    [
      'no_capacity',
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ],
    ['no_capacity', 'was unable to place a task because no container instance met all of its requirements.'],
    [
      'quota_exceeded',
      "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently",
    ],
    [
      'deployment_misconfigured',
      'was unable to stop or start tasks during a deployment because of the service deployment configuration.',
    ],
    ['unhealthy', 'port 80 is unhealthy in target-group web due to (reason Health checks failed)'],
    ['task_failed_to_start', 'is unable to consistently start tasks successfully.'],
  ])('%s from an event', (reason, text) => {
    expect(byEvent(text)).toMatchObject({ reason, message: expect.stringContaining(text) })
  })

  it("names the container, its exit code and the container's own reason", () => {
    const containers = [
      { name: 'app', exitCode: 1 },
      { name: 'sidecar', exitCode: 0 },
    ]
    const { message } = byTask({ stoppedReason: 'Essential container in task exited', containers })
    expect(message).toContain('Essential container in task exited; app: exit code 1')
    expect(message).not.toContain('sidecar')
  })

  it('finds the memory in a container of a task that says only that it exited', () => {
    const containers = [
      { name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ]
    expect(byTask({ stoppedReason: 'Essential container in task exited', containers })).toMatchObject({
      reason: 'out_of_memory',
    })
  })

  it('listens neither to other deployments, nor to ordinary stops, nor to older events', () => {
    const explained = explainFailure({
      failure,
      events: [{ createdAt: before, message: '(service shop) was unable to place a task.' }],
      stoppedTasks: [
        { startedBy: 'ecs-svc/1', stoppedReason: 'OutOfMemoryError' },
        stopped({ stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/3)' }),
        stopped({ stoppedReason: 'Essential container in task exited' }),
      ],
    })
    expect(explained.reason).toBe('crash_loop')
  })

  it('says that an update was rolled back', () => {
    const rolledBack: Failure = { ...failure, how: 'rolled_back', usable: true }
    expect(explainFailure({ failure: rolledBack, events: [], stoppedTasks: [] }).message).toMatch(/was rolled back/)
  })
})

describe('latestProblem', () => {
  it('is the newest event that tells of one', () => {
    const events = [
      { createdAt: after, message: '(service shop) has started 1 tasks: (task 1).' },
      { createdAt: after, message: '(service shop) was unable to place a task.' },
      { createdAt: before, message: '(service shop) is unable to consistently start tasks successfully.' },
    ]
    expect(latestProblem(events, SINCE)).toBe('was unable to place a task.')
    expect(latestProblem(events.slice(0, 1), SINCE)).toBeUndefined()
    expect(latestProblem(events.slice(2), SINCE)).toBeUndefined()
  })
})
