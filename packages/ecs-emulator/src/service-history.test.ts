import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { present, SERVICE, startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const remove = new DeleteServiceCommand({ cluster: 'fleet', service: 'shop', force: true })
const other = { ...SERVICE, serviceName: 'other', desiredCount: 0 }

async function history({ ecs }: TestAccount, service = 'shop') {
  const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster: 'fleet', service }))
  return {
    deployments: serviceDeployments.map(({ serviceDeploymentArn }) => present(serviceDeploymentArn)),
    revisions: serviceDeployments.map(({ targetServiceRevisionArn }) => present(targetServiceRevisionArn)),
  }
}

async function known({ ecs }: TestAccount, { deployments, revisions }: Awaited<ReturnType<typeof history>>) {
  const { serviceDeployments } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: deployments }),
  )
  const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisions }))
  return [serviceDeployments?.length, serviceRevisions?.length]
}

it('forgets deployments and revisions with their service', async () => {
  const account = await startAccount()
  const { ecs, create, pass } = account
  await create({ desiredCount: 0 })
  await ecs.send(new CreateServiceCommand(other))
  const [own, others] = [await history(account), await history(account, 'other')]
  await ecs.send(remove)
  pass(120)
  expect(await known(account, own)).toEqual([1, 1])
  pass(3600)
  expect(await known(account, own)).toEqual([0, 0])
  expect(await known(account, others)).toEqual([1, 1])
})

it('begins anew where a service takes the name of a deleted one', async () => {
  const account = await startAccount()
  const { ecs, create, pass } = account
  await create({ desiredCount: 0 })
  const first = await history(account)
  await ecs.send(remove)
  pass(120)
  await create({ desiredCount: 0 })
  expect(await known(account, first)).toEqual([0, 0])
  expect(await known(account, await history(account))).toEqual([1, 1])
})
