import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const shop = { cluster: 'fleet', service: 'shop' }
const breaker = (rollback: boolean) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
})

async function serviceDeployments({ ecs }: TestAccount) {
  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand(shop))
  const serviceDeploymentArns = (serviceDeployments ?? []).flatMap(
    ({ serviceDeploymentArn }) => serviceDeploymentArn ?? [],
  )
  return (await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))).serviceDeployments
}

it('makes the old deployment primary again under its old id', async () => {
  const account = await startAccount()
  const { create, pass, register, ecs, service, emulator, events } = account
  const created = await create(breaker(true))
  const oldId = created.deployments?.[0]?.id
  pass(40)
  await register()
  emulator.control.scriptTasks({ taskDefinition: 'web:2', behaviour: { kind: 'pull_failure' } })
  await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web:2' }))
  pass(300)
  const after = await service()
  expect(after.deployments).toMatchObject([
    { id: oldId, status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
  ])
  expect(after.taskDefinition).toMatch(/web:1$/)
  const texts = (await events()).join('\n')
  expect(texts).toContain('deployment failed: tasks failed to start.')
  expect(texts).toContain(`rolling back to deployment ${oldId}.`)
  expect(await serviceDeployments(account)).toMatchObject([
    { status: 'ROLLBACK_SUCCESSFUL', deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 } },
    { status: 'SUCCESSFUL' },
  ])
})

it('stalls as failed when there is nothing to roll back to', async () => {
  const { create, pass, service, emulator, tasks } = await startAccount()
  emulator.control.scriptTasks({ behaviour: { kind: 'exit', afterSeconds: 2, exitCode: 1 } })
  await create(breaker(true))
  pass(600)
  expect(await service()).toMatchObject({
    status: 'ACTIVE',
    runningCount: 0,
    deployments: [{ status: 'PRIMARY', rolloutState: 'FAILED' }],
  })
  expect((await tasks('STOPPED'))[0]).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 1 }],
  })
})

it('tries for ever with growing pauses without a breaker', async () => {
  const { create, pass, service, emulator, tasks } = await startAccount()
  emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' } })
  await create({ desiredCount: 1 })
  pass(3600)
  expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'IN_PROGRESS' }] })
  const stopped = await tasks('STOPPED')
  expect(stopped.length).toBeGreaterThan(5)
  expect(stopped.length).toBeLessThan(20)
  expect(stopped[0]?.stoppedReason).toContain('CannotPullContainerError')
})

it('rolls back on request', async () => {
  const account = await startAccount()
  const { create, pass, ecs, service } = account
  const created = await create()
  pass(40)
  await ecs.send(new UpdateServiceCommand({ ...shop, forceNewDeployment: true }))
  pass(10)
  const [current] = (await serviceDeployments(account)) ?? []
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: current?.serviceDeploymentArn }))
  pass(60)
  expect((await service()).deployments).toMatchObject([{ id: created.deployments?.[0]?.id, rolloutState: 'COMPLETED' }])
  expect((await serviceDeployments(account))?.[0]?.status).toBe('ROLLBACK_SUCCESSFUL')
})

it('replaces a task that becomes unhealthy', async () => {
  const { create, pass, service, emulator, tasks } = await startAccount()
  await create({ desiredCount: 1 })
  pass(40)
  const [task] = await tasks()
  emulator.control.setTaskHealth(task?.taskArn ?? '', 'UNHEALTHY')
  pass(90)
  expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] })
  expect((await tasks())[0]?.taskArn).not.toBe(task?.taskArn)
})

it('waits for capacity', async () => {
  const { create, pass, service, emulator, events } = await startAccount()
  emulator.control.scriptTasks({ behaviour: { kind: 'no_capacity' }, times: 2 })
  await create({ desiredCount: 1 })
  pass(5)
  expect((await events())[0]).toContain('was unable to place a task. Reason: Capacity is unavailable at this time.')
  pass(90)
  expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] })
})

it('takes everything that was launched back with it, so that the same update can be tried again', async () => {
  const { create, pass, ecs, service, emulator } = await startAccount()
  const created = await create({ ...breaker(true), desiredCount: 1 })
  pass(40)
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-2'] } }
  emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' }, times: 3 })
  await ecs.send(new UpdateServiceCommand({ ...shop, networkConfiguration }))
  pass(300)
  expect((await service()).networkConfiguration).toEqual(created.networkConfiguration)
  const again = await ecs.send(new UpdateServiceCommand({ ...shop, networkConfiguration }))
  expect(again.service?.deployments).toHaveLength(2)
  pass(60)
  expect((await service()).networkConfiguration?.awsvpcConfiguration?.subnets).toEqual(['subnet-2'])
})
