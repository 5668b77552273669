import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2'
import pRetry from 'p-retry'
import {
  TAG_BACKEND,
  TAG_CREATED_AT,
  TAG_DOMAIN,
  TAG_NAMESPACE_ID,
  TAG_NETWORK_ID,
  TAG_NETWORK_NAME,
} from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import type { NetworkRecord } from '../store/records.ts'

type Deps = Pick<BackendDeps, 'aws' | 'settings' | 'instance'>

/** A task's network interface lets go of its groups some 25 seconds after the task has stopped. */
const RELEASE_RETRIES = { minTimeout: 500, factor: 1.5, maxTimeout: 5_000, retries: 30, maxRetryTime: 90_000 }

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof AwsCallError && names.includes(error.facts.name)

/** The VPC of the settings' subnets. */
export async function findVpc({ aws, settings }: Deps): Promise<string> {
  const [subnet = ''] = settings.ecs.subnets
  const { Subnets = [] } = await aws.ec2('read').send(new DescribeSubnetsCommand({ SubnetIds: [subnet] }))
  return Subnets[0]?.VpcId ?? ''
}

/** By its name, which derives from the network's id; also one that nobody could write down any more. */
export async function findSecurityGroup(
  deps: Deps,
  { id }: Pick<NetworkRecord, 'id'>,
  vpc: string,
): Promise<string | undefined> {
  const filters = { 'group-name': groupNameOf(id), 'vpc-id': vpc }
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }))
  const { SecurityGroups = [] } = await deps.aws.ec2('read').send(new DescribeSecurityGroupsCommand({ Filters }))
  return SecurityGroups[0]?.GroupId
}

const groupNameOf = (networkId: string): string => `sockerless-${networkId.slice(0, 12)}`

/** Finds or makes the group whose members reach each other. Twice is once. */
export async function ensureSecurityGroup(deps: Deps, network: NetworkRecord, vpc: string): Promise<string> {
  const { id, name, createdAt } = network
  const client = deps.aws.ec2('write')
  const groupId = (await findSecurityGroup(deps, network, vpc)) ?? (await create().catch(findMade))
  try {
    const everything = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] }]
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: everything }))
  } catch (error) {
    if (!isNamed(error, 'InvalidPermission.Duplicate')) throw error
  }
  return groupId

  async function create(): Promise<string> {
    const tags = {
      [TAG_BACKEND]: deps.instance,
      [TAG_NETWORK_ID]: id,
      [TAG_NETWORK_NAME]: name,
      [TAG_CREATED_AT]: createdAt,
    }
    const { GroupId = '' } = await client.send(
      new CreateSecurityGroupCommand({
        GroupName: groupNameOf(id),
        Description: `Docker network ${name.replaceAll(/[^\w.-]/g, '-')} of backend-ecs`,
        VpcId: vpc,
        TagSpecifications: [
          { ResourceType: 'security-group', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        ],
      }),
    )
    return GroupId
  }

  /** By an earlier try of this call, whose answer was lost. */
  async function findMade(error: unknown): Promise<string> {
    const made = isNamed(error, 'InvalidGroup.Duplicate') ? await findSecurityGroup(deps, network, vpc) : undefined
    if (made === undefined) throw error
    return made
  }
}

/** So that a backend without its store finds the namespace by the group. */
export async function noteNamespace(
  { aws }: Deps,
  groupId: string,
  namespaceId: string,
  domain: string,
): Promise<void> {
  const Tags = [
    { Key: TAG_NAMESPACE_ID, Value: namespaceId },
    { Key: TAG_DOMAIN, Value: domain },
  ]
  await aws.ec2('write').send(new CreateTagsCommand({ Resources: [groupId], Tags }))
}

/** Twice is once. Waits for tasks that have just stopped. */
export async function deleteSecurityGroup({ aws }: Deps, groupId: string, signal: AbortSignal): Promise<void> {
  await pRetry(
    async () => {
      try {
        await aws.ec2('write').send(new DeleteSecurityGroupCommand({ GroupId: groupId }))
      } catch (error) {
        if (!isNamed(error, 'InvalidGroup.NotFound')) throw error
      }
    },
    { ...RELEASE_RETRIES, signal, shouldRetry: ({ error }) => isNamed(error, 'DependencyViolation') },
  )
}

/** Networks of this backend, as the tags of their groups tell of them. */
export async function listNetworksInAws({ aws, instance }: Deps): Promise<NetworkRecord[]> {
  const found: NetworkRecord[] = []
  let token: string | undefined
  do {
    const answer = await aws.ec2('read').send(
      new DescribeSecurityGroupsCommand({
        Filters: [{ Name: `tag:${TAG_BACKEND}`, Values: [instance] }],
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    )
    for (const { GroupId, Tags = [] } of answer.SecurityGroups ?? []) {
      const tag = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value
      const [id, name, namespaceId, domain] = [TAG_NETWORK_ID, TAG_NETWORK_NAME, TAG_NAMESPACE_ID, TAG_DOMAIN].map(tag)
      if (id === undefined || name === undefined || GroupId === undefined) continue
      const isWhole = namespaceId !== undefined && domain !== undefined
      found.push({
        id,
        name,
        createdAt: tag(TAG_CREATED_AT) ?? new Date(0).toISOString(),
        labels: {},
        phase: isWhole ? 'ready' : 'creating',
        securityGroupId: GroupId,
        ...(isWhole ? { namespaceId, domain } : {}),
      })
    }
    token = answer.NextToken
  } while (token !== undefined)
  return found
}
