import type { Emulator } from '../emulator.ts'
import { hexId } from '../identifiers.ts'
import { listParameter, type XmlValue } from '../query-protocol.ts'
import { DEFAULT_SECURITY_GROUP } from '../task-network.ts'
import type { SecurityGroupRecord, SecurityGroupRule } from '../world.ts'
import { type FilterValues, filterItems } from './ec2-filters.ts'
import { QueryError } from './query-neighbour.ts'

export const VPC = 'vpc-00000000000000001'

const notFound = (id: string): QueryError =>
  new QueryError('InvalidGroup.NotFound', `The security group '${id}' does not exist`)

export function createSecurityGroup(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const name = required(parameters, 'GroupName')
  const description = required(parameters, 'GroupDescription')
  if (Object.values(world.securityGroups).some((group) => group.name === name)) {
    throw new QueryError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${VPC}'`)
  }
  const id = hexId('sg')
  world.securityGroups[id] = { id, name, description, tags: readTags(parameters, 'TagSpecification.1.Tag'), rules: [] }
  return { groupId: id }
}

/** Every well-formed group is there that was not made and deleted again (invented). Those made here have tags and rules. */
export function describeSecurityGroups(parameters: URLSearchParams, { account, simulation }: Emulator): XmlValue {
  const made = simulation().world.securityGroups
  const ids = listParameter(parameters, 'GroupId')
  const chosen = ids.length > 0 ? ids : [DEFAULT_SECURITY_GROUP, ...Object.keys(made)]
  const groups = chosen.map((groupId) => {
    if (!/^sg-[0-9a-z]+$/.test(groupId)) throw new QueryError('InvalidGroupId.Malformed', `Invalid id: "${groupId}"`)
    const group = made[groupId]
    const name = group?.name ?? (groupId === DEFAULT_SECURITY_GROUP ? 'default' : groupId)
    return {
      groupId,
      groupName: name,
      groupDescription: group?.description ?? name,
      vpcId: VPC,
      ownerId: account.id,
      ipPermissions: (group?.rules ?? []).map(toPermission),
      tagSet: Object.entries(group?.tags ?? {}).map(([key, value]) => ({ key, value })),
    }
  })
  const tagKeys = new Set(Object.values(made).flatMap(({ tags }) => Object.keys(tags)))
  const known: FilterValues<(typeof groups)[number]> = {
    'group-id': ({ groupId }) => [groupId],
    'group-name': ({ groupName }) => [groupName],
    'vpc-id': ({ vpcId }) => [vpcId],
    'tag-key': ({ tagSet }) => tagSet.map(({ key }) => key),
    ...Object.fromEntries(
      [...tagKeys, ...askedTags(parameters)].map((name) => [
        `tag:${name}`,
        ({ tagSet }: (typeof groups)[number]) => tagSet.filter(({ key }) => key === name).map(({ value }) => value),
      ]),
    ),
  }
  return { securityGroupInfo: filterItems(parameters, groups, known) }
}

export function deleteSecurityGroup(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const id = required(parameters, 'GroupId')
  if (world.securityGroups[id] === undefined) throw notFound(id)
  const inUse = Object.values(world.tasks).some(
    ({ lastStatus, network }) => lastStatus !== 'STOPPED' && network?.securityGroups.includes(id) === true,
  )
  const referred = Object.values(world.securityGroups).some(
    (group) => group.id !== id && group.rules.some((rule) => rule.groupId === id),
  )
  if (inUse || referred) throw new QueryError('DependencyViolation', `resource ${id} has a dependent object`)
  delete world.securityGroups[id]
  return { return: true }
}

export function authorizeSecurityGroupIngress(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const group = requireGroup(parameters, emulator)
  for (const rule of readRules(parameters)) {
    if (group.rules.some((other) => JSON.stringify(other) === JSON.stringify(rule))) {
      throw new QueryError('InvalidPermission.Duplicate', 'the specified rule already exists')
    }
    group.rules.push(rule)
  }
  return { return: true }
}

export function createTags(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { securityGroups } = emulator.simulation().world
  for (const id of listParameter(parameters, 'ResourceId')) {
    const group = securityGroups[id]
    if (group === undefined) throw notFound(id)
    group.tags = { ...group.tags, ...readTags(parameters, 'Tag') }
  }
  return { return: true }
}

function requireGroup(parameters: URLSearchParams, emulator: Emulator): SecurityGroupRecord {
  const id = required(parameters, 'GroupId')
  const group = emulator.simulation().world.securityGroups[id]
  if (group === undefined) throw notFound(id)
  return group
}

function readRules(parameters: URLSearchParams): SecurityGroupRule[] {
  const rules: SecurityGroupRule[] = []
  for (let index = 1; parameters.has(`IpPermissions.${index}.IpProtocol`); index += 1) {
    const at = `IpPermissions.${index}`
    const [from, to] = [parameters.get(`${at}.FromPort`), parameters.get(`${at}.ToPort`)]
    const common = {
      protocol: parameters.get(`${at}.IpProtocol`) ?? '',
      ...(from === null ? {} : { fromPort: Number(from) }),
      ...(to === null ? {} : { toPort: Number(to) }),
    }
    for (let each = 1; parameters.has(`${at}.Groups.${each}.GroupId`); each += 1) {
      rules.push({ ...common, groupId: parameters.get(`${at}.Groups.${each}.GroupId`) ?? '' })
    }
    for (let each = 1; parameters.has(`${at}.IpRanges.${each}.CidrIp`); each += 1) {
      rules.push({ ...common, cidr: parameters.get(`${at}.IpRanges.${each}.CidrIp`) ?? '' })
    }
  }
  return rules
}

const toPermission = ({ protocol, fromPort, toPort, cidr, groupId }: SecurityGroupRule): XmlValue => ({
  ipProtocol: protocol,
  ...(fromPort === undefined ? {} : { fromPort }),
  ...(toPort === undefined ? {} : { toPort }),
  groups: groupId === undefined ? [] : [{ groupId }],
  ipRanges: cidr === undefined ? [] : [{ cidrIp: cidr }],
})

function readTags(parameters: URLSearchParams, prefix: string): Record<string, string> {
  const tags: Record<string, string> = {}
  for (let index = 1; parameters.has(`${prefix}.${index}.Key`); index += 1) {
    tags[parameters.get(`${prefix}.${index}.Key`) ?? ''] = parameters.get(`${prefix}.${index}.Value`) ?? ''
  }
  return tags
}

/** Asked for, though nothing has them: a filter that finds nothing, not one that is unknown. */
function askedTags(parameters: URLSearchParams): string[] {
  return [...parameters].flatMap(([name, value]) =>
    /^Filter\.\d+\.Name$/.test(name) && value.startsWith('tag:') ? [value.slice('tag:'.length)] : [],
  )
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name)
  if (value !== null && value !== '') return value
  throw new QueryError('MissingParameter', `The request must contain the parameter ${name}`)
}
