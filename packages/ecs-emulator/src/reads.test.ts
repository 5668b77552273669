import {
  CreateClusterCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  paginateListServices,
  RunTaskCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { present, SERVICE, startAccount } from './__fixtures__/start-account.ts'

const { networkConfiguration, launchType } = SERVICE
const ONE_OFF = { cluster: 'fleet', taskDefinition: 'web', networkConfiguration, launchType }
const TAGS = [{ key: 'team', value: 'shop' }]

it('shows tags of services and tasks only when asked to', async () => {
  const { ecs, create } = await startAccount()
  await create({ tags: TAGS })
  const services = { cluster: 'fleet', services: ['shop'] }
  const bare = await ecs.send(new DescribeServicesCommand(services))
  expect(bare.services?.[0]?.tags ?? []).toEqual([])
  const tagged = await ecs.send(new DescribeServicesCommand({ ...services, include: ['TAGS'] }))
  expect(tagged.services?.[0]?.tags).toEqual(TAGS)
  const ran = await ecs.send(new RunTaskCommand({ ...ONE_OFF, tags: TAGS }))
  const tasks = { cluster: 'fleet', tasks: [present(ran.tasks?.[0]?.taskArn)] }
  expect((await ecs.send(new DescribeTasksCommand(tasks))).tasks?.[0]?.tags).toEqual([])
  const withTags = await ecs.send(new DescribeTasksCommand({ ...tasks, include: ['TAGS'] }))
  expect(withTags.tasks?.[0]?.tags).toEqual(TAGS)
})

it('finds services and tasks in their own cluster only', async () => {
  const { ecs, create } = await startAccount()
  await ecs.send(new CreateClusterCommand({ clusterName: 'other' }))
  const service = present((await create()).serviceArn)
  const ran = await ecs.send(new RunTaskCommand(ONE_OFF))
  const task = present(ran.tasks?.[0]?.taskArn)
  const other = { cluster: 'other' }
  expect(await ecs.send(new DescribeTasksCommand({ ...other, tasks: [task] }))).toMatchObject({
    tasks: [],
    failures: [{ arn: task, reason: 'MISSING' }],
  })
  expect(await ecs.send(new DescribeServicesCommand({ ...other, services: [service] }))).toMatchObject({
    services: [],
    failures: [{ arn: service, reason: 'MISSING' }],
  })
  expect((await ecs.send(new ListServicesCommand(other))).serviceArns).toEqual([])
})

it('lists services by launch type, page by page', async () => {
  const { ecs, create, register } = await startAccount()
  await register({ family: 'bridge', networkMode: 'bridge', requiresCompatibilities: ['EC2'] })
  const onInstances = { taskDefinition: 'bridge', launchType: 'EC2', networkConfiguration: undefined } as const
  const { serviceArn } = await create({ ...onInstances, serviceName: 'old', desiredCount: 0 })
  for (let index = 0; index < 5; index += 1) await create({ serviceName: `s${index}`, desiredCount: 0 })
  const listed = await ecs.send(new ListServicesCommand({ cluster: 'fleet', launchType: 'EC2' }))
  expect(listed.serviceArns).toEqual([serviceArn])
  const pages: string[][] = []
  for await (const page of paginateListServices({ client: ecs, pageSize: 2 }, { cluster: 'fleet', launchType })) {
    pages.push((page.serviceArns ?? []).map((arn) => arn.slice(arn.lastIndexOf('/') + 1)))
  }
  expect(pages).toEqual([['s0', 's1'], ['s2', 's3'], ['s4']])
  await expect(ecs.send(new ListServicesCommand({ cluster: 'fleet', maxResults: 101 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
  await expect(ecs.send(new ListServicesCommand({ cluster: 'fleet', nextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
})

it('lists tasks by who started them, family and wanted status', async () => {
  const { ecs, create, pass } = await startAccount()
  const created = await create({ desiredCount: 1 })
  pass(5)
  const ran = await ecs.send(new RunTaskCommand({ ...ONE_OFF, startedBy: 'me' }))
  const list = async (filter: object) =>
    (await ecs.send(new ListTasksCommand({ cluster: 'fleet', ...filter }))).taskArns?.length
  expect(await ecs.send(new ListTasksCommand({ cluster: 'fleet', startedBy: 'me' }))).toMatchObject({
    taskArns: [ran.tasks?.[0]?.taskArn],
  })
  expect(await list({ startedBy: created.deployments?.[0]?.id })).toBe(1)
  expect(await list({ family: 'web' })).toBe(2)
  expect(await list({ family: 'we' })).toBe(0)
  expect(await list({ serviceName: 'shop' })).toBe(1)
  expect(await list({ desiredStatus: 'STOPPED' })).toBe(0)
})

it('describes what a deployment deploys as a revision', async () => {
  const { ecs, create } = await startAccount()
  const { currentServiceRevisions, serviceArn, taskDefinition } = await create()
  const arn = present(currentServiceRevisions?.[0]?.arn)
  const missing = `${arn}0`
  const described = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn, missing] }))
  expect(described).toMatchObject({
    serviceRevisions: [
      {
        serviceRevisionArn: arn,
        serviceArn,
        taskDefinition,
        launchType,
        platformVersion: '1.4.0',
        networkConfiguration,
        containerImages: [{ containerName: 'app', image: 'shop:1' }],
      },
    ],
    failures: [{ arn: missing, reason: 'MISSING' }],
  })
})
