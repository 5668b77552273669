import {
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { SERVICE, startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const TEAM = { key: 'team', value: 'shop' }
const CLUSTER_TAG = { key: 'aws:ecs:clusterName', value: 'fleet' }

async function tagsOfServiceTasks({ ecs, tasks }: TestAccount) {
  const arns = (await tasks()).map(({ taskArn = '' }) => taskArn)
  const described = await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: arns, include: ['TAGS'] }))
  return described.tasks?.map(({ tags }) => tags)
}

test("a service's tasks take over its tags when it says so", async () => {
  const account = await startAccount()
  await account.create({ desiredCount: 1, tags: [TEAM], propagateTags: 'SERVICE', enableECSManagedTags: true })
  account.pass(5)
  const serviceTag = { key: 'aws:ecs:serviceName', value: 'shop' }
  expect(await tagsOfServiceTasks(account)).toEqual([[TEAM, CLUSTER_TAG, serviceTag]])
})

test("a service's tasks have no tags unless it says so", async () => {
  const account = await startAccount()
  await account.create({ desiredCount: 1, tags: [TEAM] })
  account.pass(5)
  expect(await tagsOfServiceTasks(account)).toEqual([[]])
})

test("a task run by itself takes over its definition's tags under its own", async () => {
  const { ecs, register } = await startAccount()
  const taskDefinition = await register({ tags: [TEAM, { key: 'tier', value: 'web' }] })
  const { launchType, networkConfiguration } = SERVICE
  const run = (more: Partial<RunTaskCommandInput>) =>
    ecs.send(new RunTaskCommand({ cluster: 'fleet', launchType, networkConfiguration, taskDefinition, ...more }))
  const tags = [{ key: 'tier', value: 'job' }]
  const { tasks } = await run({ propagateTags: 'TASK_DEFINITION', tags, enableECSManagedTags: true })
  const { tags: listed } = await ecs.send(new ListTagsForResourceCommand({ resourceArn: tasks?.[0]?.taskArn }))
  expect(listed).toEqual([TEAM, ...tags, CLUSTER_TAG])
  await expect(run({ propagateTags: 'SERVICE' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
})
