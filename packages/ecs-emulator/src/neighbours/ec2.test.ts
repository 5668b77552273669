import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type Filter,
} from '@aws-sdk/client-ec2'
import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, startAccount, type TestAccount } from '../__fixtures__/start-account.ts'

function clientOf({ emulator }: TestAccount): EC2Client {
  const { url: endpoint, region } = emulator
  const ec2 = new EC2Client({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 })
  onTestFinished(() => ec2.destroy())
  return ec2
}

it('filters interfaces by what it shows of them', async () => {
  const account = await startAccount()
  const ec2 = clientOf(account)
  await account.create({ desiredCount: 2 })
  account.pass(30)
  const find = async (...Filters: Filter[]) =>
    (await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces?.map(
      ({ PrivateIpAddress }) => PrivateIpAddress,
    )
  expect(await find()).toEqual(['10.0.0.10', '10.0.0.11'])
  expect(await find({ Name: 'addresses.private-ip-address', Values: ['10.0.0.11'] })).toEqual(['10.0.0.11'])
  expect(await find({ Name: 'description', Values: ['ELB app/*'] })).toEqual([])
  expect(await find({ Name: 'description', Values: ['x', '*:task/fleet/*'] })).toHaveLength(2)
  const subnet = { Name: 'subnet-id', Values: ['subnet-1'] }
  expect(await find(subnet, { Name: 'private-ip-address', Values: ['10.0.0.1?'] })).toHaveLength(2)
  expect(await find(subnet, { Name: 'private-ip-address', Values: ['10.0.0.1'] })).toEqual([])
})

it('refuses a filter that it does not know', async () => {
  const ec2 = clientOf(await startAccount())
  const Filters = [{ Name: 'tag:team', Values: ['shop'] }]
  await expect(ec2.send(new DescribeSubnetsCommand({ Filters }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "The filter 'tag:team' is not emulated; these are: availability-zone, state, subnet-id, vpc-id.",
  })
})

it('makes security groups, with rules and tags, and deletes those that nothing uses', async () => {
  const account = await startAccount()
  const ec2 = clientOf(account)
  const name = { GroupName: 'net', Description: 'a network' }
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      ...name,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'owner', Value: 'me' }] }],
    }),
  )
  await expect(ec2.send(new CreateSecurityGroupCommand(name))).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' })
  const rule = { GroupId, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }] }
  await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))
  await expect(ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))).rejects.toMatchObject({
    name: 'InvalidPermission.Duplicate',
  })
  await ec2.send(new CreateTagsCommand({ Resources: [GroupId ?? ''], Tags: [{ Key: 'domain', Value: 'net' }] }))
  const find = async (Name: string, value: string) =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values: [value] }] }))).SecurityGroups
  expect(await find('tag:owner', 'me')).toMatchObject([
    {
      GroupId,
      GroupName: 'net',
      Tags: [{ Key: 'owner' }, { Key: 'domain' }],
      IpPermissions: [{ UserIdGroupPairs: [{ GroupId }] }],
    },
  ])
  expect(await find('tag:owner', 'somebody')).toEqual([])

  await account.register()
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [GroupId ?? ''] } }
  const { tasks } = await account.ecs.send(
    new RunTaskCommand({ cluster: 'fleet', taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration }),
  )
  const remove = new DeleteSecurityGroupCommand({ GroupId })
  await expect(ec2.send(remove)).rejects.toMatchObject({ name: 'DependencyViolation' })
  await account.ecs.send(new StopTaskCommand({ cluster: 'fleet', task: tasks?.[0]?.taskArn }))
  account.pass(60)
  await ec2.send(remove)
  await expect(ec2.send(remove)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
})
