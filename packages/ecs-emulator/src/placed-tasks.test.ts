import { RunTaskCommand } from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { SERVICE, startAccount } from './__fixtures__/start-account.ts'

const ONE_OFF = { cluster: 'fleet', taskDefinition: 'web', networkConfiguration: SERVICE.networkConfiguration }

it('names the capacity provider of a task that a strategy placed', async () => {
  const { ecs } = await startAccount()
  const capacityProviderStrategy = [
    { capacityProvider: 'FARGATE', weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ]
  const { tasks } = await ecs.send(new RunTaskCommand({ ...ONE_OFF, capacityProviderStrategy }))
  expect(tasks).toMatchObject([{ capacityProviderName: 'FARGATE_SPOT', launchType: 'FARGATE' }])
  const direct = await ecs.send(new RunTaskCommand({ ...ONE_OFF, launchType: 'FARGATE' }))
  expect(direct.tasks?.[0]?.launchType).toBe('FARGATE')
  expect(direct.tasks?.[0]?.capacityProviderName).toBeUndefined()
})

it('shows what was overridden for each container', async () => {
  const { ecs, register } = await startAccount()
  const [first, second] = [
    { name: 'app', image: 'shop:1' },
    { name: 'proxy', image: 'proxy:1' },
  ]
  await register({ containerDefinitions: [first, second] })
  const changed = { name: 'proxy', command: ['serve'] }
  const overrides = { containerOverrides: [changed], cpu: '512' }
  const { tasks } = await ecs.send(new RunTaskCommand({ ...ONE_OFF, launchType: 'FARGATE', overrides }))
  expect(tasks?.[0]?.overrides).toEqual({
    containerOverrides: [{ name: 'app' }, changed],
    cpu: '512',
    inferenceAcceleratorOverrides: [],
  })
})
