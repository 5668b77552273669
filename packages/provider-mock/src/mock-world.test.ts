import { ownershipMarks } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { createMockWorld } from './mock-world.ts'

const marks = (installation: string) => ownershipMarks({ tenantId: 'acme', provider: 'mock', installation })

describe('a mock world', () => {
  it('holds one resource of a kind and name', () => {
    const world = createMockWorld()
    world.createForeign('acme')
    expect(() => world.createForeign('acme')).toThrow(/"landlord-tenant-acme" is taken/)
  })

  it('tells whose resources are whose', () => {
    const world = createMockWorld()
    world.createForeign('one', marks('a'))
    world.createForeign('two', marks('b'))
    expect(world.resources({ installation: 'a' }).map(({ name }) => name)).toEqual(['landlord-tenant-one'])
    expect(world.resources({ tenantId: 'acme' })).toHaveLength(2)
  })

  it('finds what was made twice for one tenant, and not what two installations made', () => {
    const world = createMockWorld()
    world.createForeign('one', marks('a'))
    world.createForeign('two', marks('b'))
    expect(() => world.assertNoneDoubled()).not.toThrow()
    world.createForeign('three', marks('a'))
    expect(() => world.assertNoneDoubled()).toThrow(/tenant "acme" has two resources of kind service/)
  })

  it('removes behind the provider, and refuses to change what is not there', () => {
    const world = createMockWorld()
    world.createForeign('acme')
    world.remove('acme')
    expect(world.resources()).toEqual([])
    expect(() => world.mutate('acme', {})).toThrow(/no service of tenant "acme"/)
  })
})
