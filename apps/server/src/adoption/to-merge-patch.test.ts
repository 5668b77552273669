import { type JsonObject, mergeConfig } from '@landlord/compute-core'
import { expect, it } from 'vitest'
import { toMergePatch } from './to-merge-patch.ts'

it.each<[string, JsonObject, JsonObject]>([
  ['nothing to take over', {}, { image: 'a', env: { A: '1' } }],
  ['a default that does not run', { image: 'b', subnets: ['s'] }, { image: 'a' }],
  ['a default inside an object', { tags: { team: 'x', plan: 'y' } }, { tags: { plan: 'z' } }],
  ['an object in place of a value', { deployment: 'fast' }, { deployment: { percent: 1 } }],
  ['an object that is empty', { tags: { team: 'x' } }, { tags: {} }],
])('makes what runs of the defaults: %s', (_case, defaults, wanted) => {
  expect(mergeConfig(defaults, toMergePatch(defaults, wanted))).toEqual(wanted)
})
