import { StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { startAccount } from './__fixtures__/start-account.ts'

const shop = { cluster: 'fleet', service: 'shop' }

it('replaces a task of the old deployment that dies while the new one cannot start', async () => {
  const { create, pass, register, emulator, ecs, tasks, service } = await startAccount()
  await create()
  pass(40)
  await register()
  emulator.control.scriptTasks({ taskDefinition: 'web:2', behaviour: { kind: 'pull_failure' } })
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(120)
  const old = (await tasks()).filter(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('web:1'))
  await ecs.send(new StopTaskCommand({ cluster: 'fleet', task: old[0]?.taskArn }))
  pass(120)
  const after = (await tasks()).filter(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('web:1'))
  expect(after.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING'])
  expect(after.map(({ taskArn }) => taskArn)).not.toContain(old[0]?.taskArn)
  expect((await service()).deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 0 },
    { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
  ])
})

it('keeps an old deployment whose only task died, and lets it go once the new one serves', async () => {
  const { create, pass, register, emulator, ecs, tasks, service } = await startAccount()
  await create({ desiredCount: 1 })
  pass(40)
  await register()
  emulator.control.scriptTasks({ taskDefinition: 'web:2', behaviour: { kind: 'pull_failure' } })
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(120)
  const [old] = (await tasks()).filter(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('web:1'))
  await ecs.send(new StopTaskCommand({ cluster: 'fleet', task: old?.taskArn }))
  pass(90)
  expect((await service()).deployments?.[1]).toMatchObject({ status: 'ACTIVE', runningCount: 1 })
  emulator.control.clearScripts()
  pass(1000)
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 1 }])
  expect((await tasks()).map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/')[1])).toEqual(['web:2'])
})

it('replaces nothing that a newer deployment made unnecessary', async () => {
  const { create, pass, register, ecs, tasks } = await startAccount()
  await create({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 } })
  pass(40)
  await register()
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(400)
  const stopped = await tasks('STOPPED')
  expect(stopped).toHaveLength(4)
  expect(stopped.every(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('web:1'))).toBe(true)
})

it('stops at once what a deployment that never completed had begun', async () => {
  const { create, pass, register, ecs, tasks } = await startAccount()
  await create()
  pass(10)
  await register()
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(2)
  expect((await tasks()).map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/')[1])).toEqual(['web:2', 'web:2'])
})

it('lets an old deployment go as soon as what the scheduler stopped of it is gone', async () => {
  const { create, pass, register, ecs, service } = await startAccount()
  await create({ deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } })
  pass(40)
  await register()
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(40)
  expect((await service()).deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
    ['PRIMARY', 'IN_PROGRESS'],
  ])
})
