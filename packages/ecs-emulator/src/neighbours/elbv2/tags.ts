import type { Emulator } from '../../emulator.ts'
import type { XmlValue } from '../../query-protocol.ts'
import type { World } from '../../world.ts'
import { QueryError } from '../query-neighbour.ts'
import { stringMembers, structureMembers } from './read-parameters.ts'

const tagsOf = (parameters: URLSearchParams): { key: string; value: string }[] =>
  structureMembers(parameters, 'Tags').map((tag) => ({ key: tag.get('Key') ?? '', value: tag.get('Value') ?? '' }))

/** What a create brings along. */
export function keepTags(parameters: URLSearchParams, world: World, arn: string): void {
  world.tags[arn] = tagsOf(parameters)
}

export function addTags(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const added = tagsOf(parameters)
  for (const arn of stringMembers(parameters, 'ResourceArns')) {
    const kept = known(world, arn).filter(({ key }) => !added.some((tag) => tag.key === key))
    world.tags[arn] = [...kept, ...added]
  }
  return {}
}

export function describeTags(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const descriptions = stringMembers(parameters, 'ResourceArns').map((arn) => ({
    ResourceArn: arn,
    Tags: known(world, arn).map(({ key = '', value = '' }) => ({ Key: key, Value: value })),
  }))
  return { TagDescriptions: descriptions }
}

const NOT_FOUND: Readonly<Record<string, string>> = {
  loadbalancer: 'LoadBalancerNotFound',
  targetgroup: 'TargetGroupNotFound',
  listener: 'ListenerNotFound',
}

function known({ tags, loadBalancers, targetGroups, listeners }: World, arn: string): World['tags'][string] {
  const isThere = loadBalancers[arn] ?? targetGroups[arn] ?? listeners[arn]
  if (isThere !== undefined) return tags[arn] ?? []
  const kind = arn.split(':').at(5)?.split('/')[0] ?? ''
  throw new QueryError(NOT_FOUND[kind] ?? 'ValidationError', `The resource '${arn}' was not found.`)
}
