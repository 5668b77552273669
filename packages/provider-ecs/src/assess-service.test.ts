import type { Deployment, Service } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { type AssessInput, assessService, FAILING_GRACE_SECONDS } from './assess-service.ts'
import type { EcsHandle } from './resource-ids.ts'

const NOW = new Date('2026-01-01T12:00:00Z')
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000)

const deployment = (more: Partial<Deployment> = {}): Deployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: 'web:2',
  rolloutState: 'COMPLETED',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  failedTasks: 0,
  createdAt: ago(30),
  updatedAt: ago(5),
  ...more,
})

const service = (more: Partial<Service> = {}): Service => ({
  status: 'ACTIVE',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  deployments: [deployment()],
  events: [],
  ...more,
})

const handle: EcsHandle = {
  deployment_id: 'ecs-svc/2',
  deployment_created_at: ago(30).toISOString(),
  task_definition: 'web:2',
  written_at: ago(30).toISOString(),
}

const assess = (more: Partial<AssessInput> = {}) =>
  assessService({
    service: service(),
    handle,
    taskDefinition: 'web:2',
    now: NOW,
    consistencyWindowSeconds: 120,
    ...more,
  })

const old = (more: Partial<Deployment> = {}): Deployment =>
  deployment({ id: 'ecs-svc/1', taskDefinition: 'web:1', createdAt: ago(5000), updatedAt: ago(4000), ...more })

describe('a service that runs as asked', () => {
  it('is running once the deployment that we started has completed', () => {
    expect(assess()).toEqual({ kind: 'running' })
  })

  it.each([
    ['its deployment is still rolling out', { deployments: [deployment({ rolloutState: 'IN_PROGRESS' })] }],
    ['fewer run than wanted', { desiredCount: 2 }],
    ['more run than wanted', { runningCount: 2 }],
    ['some are pending', { pendingCount: 1 }],
    ['one from before still runs', { deployments: [deployment(), old({ status: 'ACTIVE' })] }],
  ] satisfies [string, Partial<Service>][])('is not while %s', (_when, more) => {
    expect(assess({ service: service(more) })).toMatchObject({ kind: 'moving', state: 'running' })
  })

  it('without a rollout state needs the word of ECS, or 40 s without a change', () => {
    const without = { rolloutState: undefined, createdAt: ago(60) }
    const assessed = (updated: number, more: Partial<Service> = {}) =>
      assess({ service: service({ deployments: [deployment({ ...without, updatedAt: ago(updated) })], ...more }) }).kind
    const steady = (seconds: number) => ({
      events: [{ createdAt: ago(seconds), message: '(service shop) has reached a steady state.' }],
    })
    expect([assessed(10), assessed(41), assessed(10, steady(20)), assessed(10, steady(70))]).toEqual([
      'moving',
      'running',
      'running',
      'moving',
    ])
  })
})

describe('safeguard: a read from before our change', () => {
  it('is not taken for success: the old deployment is complete, ours is not seen yet', () => {
    expect(assess({ service: service({ deployments: [old()] }) })).toMatchObject({
      kind: 'moving',
      message: 'waiting until ECS shows the new deployment',
    })
  })

  it('is not taken for success after a restart, where both have one task definition', () => {
    const before = old({ taskDefinition: 'web:2' })
    expect(assess({ service: service({ deployments: [before] }) })).toMatchObject({ kind: 'moving' })
  })

  it('is not taken for success when only the size was changed', () => {
    const resized = { ...handle, desired_count: '3' }
    expect(assess({ handle: resized })).toMatchObject({ message: 'waiting until ECS shows the new size' })
    // Later, another size is an autoscaler's.
    expect(assess({ handle: { ...resized, written_at: ago(121).toISOString() } })).toEqual({ kind: 'running' })
  })

  it('is not taken for success although the answer to our change did not name its deployment', () => {
    const unnamed = { task_definition: 'web:2', written_at: ago(30).toISOString() }
    const before = service({ deployments: [old()] })
    expect(assess({ service: before, handle: unnamed })).toMatchObject({ kind: 'moving' })
    expect(assess({ service: before, handle: { ...unnamed, written_at: ago(130).toISOString() } })).toEqual({
      kind: 'running',
    })
  })

  it('leaves a newer deployment of somebody else alone', () => {
    const newer = deployment({ id: 'ecs-svc/3', taskDefinition: 'web:9', createdAt: ago(10) })
    expect(assess({ service: service({ deployments: [newer] }) })).toEqual({ kind: 'running' })
  })
})

describe('safeguard: a roll-back does not pass for success', () => {
  const rolledBack = { kind: 'failed', failure: { how: 'rolled_back', usable: true, deploymentId: 'ecs-svc/2' } }
  const event = {
    createdAt: ago(10),
    message: '(service shop) rolling back to deployment ecs-svc/1.',
  }

  it('is moving while the old tasks come back', () => {
    const deployments = [
      old({ rolloutState: 'IN_PROGRESS', rolloutStateReason: 'rolling back to deploymentId ecs-svc/1.' }),
      deployment({ status: 'ACTIVE', rolloutState: 'FAILED' }),
    ]
    expect(assess({ service: service({ deployments }) })).toMatchObject({ kind: 'moving', state: 'running' })
  })

  it('is failed when the old deployment is back, as the events say', () => {
    expect(assess({ service: service({ deployments: [old()], events: [event] }) })).toMatchObject(rolledBack)
  })

  it('is failed when nothing tells of it but that ours is gone for long', () => {
    const lateHandle = { ...handle, written_at: ago(300).toISOString() }
    expect(assess({ service: service({ deployments: [old()] }), handle: lateHandle })).toMatchObject(rolledBack)
  })

  it('is seen with an empty handle as well', () => {
    const seen = assess({ service: service({ deployments: [old()], events: [event] }), handle: {} })
    expect(seen).toMatchObject({ kind: 'failed', failure: { how: 'rolled_back' } })
  })

  it('of long ago does not fail a tenant that asks for what runs', () => {
    const wanted = { handle: {}, taskDefinition: 'web:1' }
    expect(assess({ service: service({ deployments: [old()], events: [event] }), ...wanted })).toEqual({
      kind: 'running',
    })
  })
})

describe('a deployment that fails', () => {
  const nothing = { runningCount: 0, pendingCount: 0 }

  it('is failed once ECS gives up', () => {
    const deployments = [deployment({ rolloutState: 'FAILED', ...nothing })]
    expect(assess({ service: service({ deployments, ...nothing }) })).toMatchObject({
      kind: 'failed',
      failure: { how: 'gave_up', usable: false },
    })
  })

  it('without a circuit breaker is failed after a grace, with one never by us', () => {
    const failing = (seconds: number, enable: boolean) =>
      assess({
        service: service({
          ...nothing,
          deployments: [
            deployment({ rolloutState: 'IN_PROGRESS', failedTasks: 4, createdAt: ago(seconds), ...nothing }),
          ],
          deploymentConfiguration: { deploymentCircuitBreaker: { enable, rollback: false } },
        }),
      }).kind
    expect([
      failing(FAILING_GRACE_SECONDS - 1, false),
      failing(FAILING_GRACE_SECONDS + 1, false),
      failing(FAILING_GRACE_SECONDS + 1, true),
    ]).toEqual(['moving', 'failed', 'moving'])
  })
})

describe('a service without tasks', () => {
  it('is stopping, then stopped', () => {
    expect(assess({ service: service({ desiredCount: 0 }) })).toMatchObject({ kind: 'moving', state: 'stopping' })
    expect(assess({ service: service({ desiredCount: 0, runningCount: 0 }) })).toEqual({ kind: 'stopped' })
  })

  it('is draining, then gone', () => {
    expect(assess({ service: service({ status: 'DRAINING' }) })).toEqual({ kind: 'draining' })
    expect(assess({ service: service({ status: 'INACTIVE' }) })).toEqual({ kind: 'gone' })
  })

  it('without any deployment is starting', () => {
    const bare = service({ deployments: [], runningCount: 0 })
    expect(assess({ service: bare })).toMatchObject({ kind: 'moving', state: 'starting' })
  })
})
