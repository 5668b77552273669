import type { Tag } from '@aws-sdk/client-ecs'
import type { Emulator } from '../../emulator.ts'
import type { World } from '../../world.ts'
import { type JsonInput, refusal, requiredText, structures } from './read-input.ts'

/** Of a request that creates or tags something; later values count. */
export function addTags(world: World, arn: string, tags: unknown): void {
  const added = structures(tags).map(({ Key, Value }): Tag => ({ key: String(Key), value: String(Value ?? '') }))
  const kept = (world.tags[arn] ?? []).filter(({ key }) => !added.some((tag) => tag.key === key))
  world.tags[arn] = [...kept, ...added]
}

export function tagResource(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  addTags(world, taggable(world, input), input.Tags)
  return {}
}

export function untagResource(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const arn = taggable(world, input)
  const keys = Array.isArray(input.TagKeys) ? input.TagKeys : []
  world.tags[arn] = (world.tags[arn] ?? []).filter(({ key }) => !keys.includes(key))
  return {}
}

export function listTagsForResource(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  return { Tags: (world.tags[taggable(world, input)] ?? []).map(({ key, value }) => ({ Key: key, Value: value })) }
}

function taggable({ namespaces, discoveryServices }: World, input: JsonInput): string {
  const arn = requiredText(input, 'ResourceARN')
  const known = [...Object.values(namespaces), ...Object.values(discoveryServices)].some((record) => record.arn === arn)
  if (known) return arn
  throw refusal('ResourceNotFoundException', `The resource ${arn} was not found.`)
}
