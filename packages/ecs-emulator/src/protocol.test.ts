import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  CreateClusterCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, startAccount } from './__fixtures__/start-account.ts'
import { createManualClock, startEcsEmulator } from './index.ts'

it('refuses what it does not emulate by name', async () => {
  const { ecs, emulator } = await startAccount()
  const refusal = { name: 'UnknownOperationException', message: expect.stringContaining('DescribeContainerInstances') }
  await expect(ecs.send(new DescribeContainerInstancesCommand({ containerInstances: ['one'] }))).rejects.toMatchObject(
    refusal,
  )
  const settings = { endpoint: emulator.url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 }
  await expect(new EC2Client(settings).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: 'The operation DescribeVpcs is not emulated.',
  })
})

it('answers wrong bodies with errors of the protocol', async () => {
  const { emulator } = await startAccount()
  const post = async (operation: string, body: string) => {
    const headers = { 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}` }
    const response = await fetch(emulator.url, { method: 'POST', headers, body })
    return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
  }
  expect(await post('CreateService', '{')).toEqual({
    status: 400,
    type: 'application/x-amz-json-1.1',
    body: { __type: 'SerializationException', message: 'The body is not JSON.' },
  })
  expect(await post('CreateService', '{"serviceName":1}')).toMatchObject({
    body: { message: '/serviceName must be a string, but is number.' },
  })
  expect(await post('UpdateService', '{}')).toMatchObject({ body: { __type: 'InvalidParameterException' } })
})

it('limits and pages', async () => {
  const { ecs, create } = await startAccount()
  for (let index = 0; index < 12; index += 1) await create({ serviceName: `s${index}`, desiredCount: 0 })
  const services = Array.from({ length: 11 }, (_, index) => `s${index}`)
  await expect(ecs.send(new DescribeServicesCommand({ cluster: 'fleet', services }))).rejects.toThrow(
    'service names can have at most 10 items.',
  )
  const first = await ecs.send(new ListServicesCommand({ cluster: 'fleet' }))
  const { nextToken } = first
  const second = await ecs.send(new ListServicesCommand({ cluster: 'fleet', ...(nextToken ? { nextToken } : {}) }))
  expect([first.serviceArns?.length, second.serviceArns?.length, second.nextToken]).toEqual([10, 2, undefined])
})

it('refuses settings that exclude each other', async () => {
  const { create, register } = await startAccount()
  await expect(create({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] })).rejects.toThrow(
    'Specifying both a launch type and capacity provider strategy is not supported.',
  )
  await register({ family: 'bridge', networkMode: 'bridge', requiresCompatibilities: ['EC2'] })
  await expect(create({ taskDefinition: 'bridge', launchType: 'EC2' })).rejects.toThrow(
    'Network Configuration is not valid',
  )
  await expect(create({ taskDefinition: 'web:9' })).rejects.toMatchObject({ name: 'ClientException' })
  await expect(create({ tags: [{ key: 'aws:x', value: '' }] })).rejects.toThrow('must not start with aws:')
})

it('keeps revisions and tags', async () => {
  const { ecs, register, create } = await startAccount()
  const second = await register({ tags: [{ key: 'a', value: '1' }] })
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: second }))
  const bare = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
  expect(bare.taskDefinition?.revision).toBe(1)
  await expect(create({ taskDefinition: 'web:2' })).rejects.toThrow('TaskDefinition is inactive')
  const listed = await ecs.send(new ListTaskDefinitionsCommand({ status: 'INACTIVE' }))
  expect(listed.taskDefinitionArns).toEqual([second])
  const deleted = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [second, 'web:1'] }))
  expect(deleted).toMatchObject({ taskDefinitions: [{ revision: 2 }], failures: [{ reason: 'INVALID_STATUS' }] })
  const { serviceArn: resourceArn } = await create({ tags: [{ key: 'a', value: '1' }] })
  await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }))
  await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }))
  expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: 'b', value: '2' }])
})

it('answers for STS and EC2', async () => {
  const { emulator, create, pass, tasks } = await startAccount()
  const settings = { endpoint: emulator.url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 }
  const [sts, ec2] = [new STSClient(settings), new EC2Client(settings)]
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(emulator.accountId)
  const RoleArn = `arn:aws:iam::${emulator.accountId}:role/deployer`
  const assumed = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'tenant-1' }))
  expect(assumed.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${emulator.accountId}:assumed-role/deployer/tenant-1`)
  expect(assumed.Credentials?.Expiration).toBeInstanceOf(Date)
  await create({ desiredCount: 1 })
  pass(30)
  const details = (await tasks())[0]?.attachments?.[0]?.details ?? []
  const id = present(details.find(({ name }) => name === 'networkInterfaceId')?.value)
  const found = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }))
  expect(found.NetworkInterfaces).toMatchObject([
    { PrivateIpAddress: '10.0.0.10', Association: { PublicIp: '198.18.0.10' } },
  ])
  const subnets = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-1'] }))
  expect(subnets.Subnets).toMatchObject([{ SubnetId: 'subnet-1', State: 'available' }])
  await expect(
    ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-0'] })),
  ).rejects.toMatchObject({
    name: 'InvalidNetworkInterfaceID.NotFound',
  })
})

it('keeps its state in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const stateFile = join(folder, 'state.json')
  const run = async (use: (ecs: ECSClient) => Promise<void>) => {
    const emulator = await startEcsEmulator({ clock: createManualClock(), stateFile })
    const ecs = new ECSClient({ endpoint: emulator.url, region: 'us-east-1', credentials: CREDENTIALS })
    await use(ecs)
    ecs.destroy()
    await emulator.close()
  }
  await run(async (ecs) => {
    await ecs.send(new CreateClusterCommand({ clusterName: 'kept' }))
    const containerDefinitions = [{ name: 'a', image: 'b' }]
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'f', containerDefinitions }))
  })
  await run(async (ecs) => {
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['kept'] }))
    expect(clusters).toMatchObject([{ clusterName: 'kept', status: 'ACTIVE' }])
  })
})
