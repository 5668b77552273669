import { expect, it } from 'vitest'
import { startAccount } from './__fixtures__/start-account.ts'

const CHECKED = [{ name: 'app', image: 'shop:1', healthCheck: { command: ['CMD', 'check'] } }]

it('completes a deployment only once the container health checks have passed', async () => {
  const { create, register, pass, service, tasks } = await startAccount()
  const taskDefinition = await register({ containerDefinitions: CHECKED })
  await create({ taskDefinition, desiredCount: 1 })
  pass(24)
  expect(await tasks()).toMatchObject([{ lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' }])
  pass(10)
  expect(await tasks()).toMatchObject([{ healthStatus: 'HEALTHY', containers: [{ healthStatus: 'HEALTHY' }] }])
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }])
  pass(7)
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
})

it('stops what fails its checks and counts it as failed', async () => {
  const { create, register, pass, service, tasks, emulator } = await startAccount()
  emulator.control.scriptTasks({ behaviour: { kind: 'unhealthy', afterSeconds: 15 }, times: 1 })
  await create({ taskDefinition: await register({ containerDefinitions: CHECKED }), desiredCount: 1 })
  pass(39)
  expect((await service()).deployments).toMatchObject([{ failedTasks: 1, rolloutState: 'IN_PROGRESS' }])
  expect(await tasks('STOPPED')).toMatchObject([
    { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
  ])
  pass(80)
  expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] })
})
