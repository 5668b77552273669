import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from '../ecs-error.ts'
import type { Simulation } from '../simulation.ts'
import { checkTags } from '../validation-rules.ts'

/** Lays the tags over those that are there. */
export function tagResource(input: TagResourceRequest, { world }: Simulation): TagResourceResponse {
  const arn = taggable(world, input.resourceArn)
  checkTags(input.tags)
  const added = input.tags ?? []
  const kept = (world.tags[arn] ?? []).filter(({ key }) => !added.some((tag) => tag.key === key))
  const tags = [...kept, ...added]
  checkTags(tags)
  world.tags[arn] = tags
  return {}
}

export function untagResource(input: UntagResourceRequest, { world }: Simulation): UntagResourceResponse {
  const arn = taggable(world, input.resourceArn)
  world.tags[arn] = (world.tags[arn] ?? []).filter(({ key }) => !input.tagKeys?.includes(key ?? ''))
  return {}
}

export function listTagsForResource(
  input: ListTagsForResourceRequest,
  { world }: Simulation,
): ListTagsForResourceResponse {
  return { tags: world.tags[taggable(world, input.resourceArn)] ?? [] }
}

const SHORT_SERVICE_ARN = /^arn:aws[a-z-]*:ecs:[^:]+:\d+:service\/[^/]+$/

function taggable(world: Simulation['world'], arn = ''): string {
  if (SHORT_SERVICE_ARN.test(arn)) throw invalidParameter('Long arn format must be used for tagging operations')
  if (world.tags[arn] === undefined) throw invalidParameter('The specified resource could not be found.')
  return arn
}
