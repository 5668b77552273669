import { join } from 'node:path'
import { createMockWorld } from '@landlord/provider-mock'
import { expect } from 'vitest'
import type { ControlPlane } from './control-plane.ts'
import type { ExpectedFleet } from './expected-fleet.ts'

/** Throws unless the simulated target holds what the fleet was last asked to be: nothing twice, nothing left over, nothing lost. */
export function expectMockWorld(plane: Pick<ControlPlane, 'folder'>, fleet: ExpectedFleet): void {
  const world = createMockWorld({ file: join(plane.folder, 'world.db') })
  try {
    world.assertNoneDoubled()
    const owners = new Set(world.resources().map(({ labels }) => labels['landlord.tenant_id']))
    const living = [...fleet.wishes]
      .filter(([, wish]) => wish.config !== undefined)
      .map(([name]) => fleet.ids.get(name))
    expect([...owners].toSorted()).toEqual(living.toSorted())
    for (const [name, { config, isSuspended }] of fleet.wishes) {
      const services = world.resources({ tenantId: fleet.ids.get(name) ?? '' }).filter(({ kind }) => kind === 'service')
      expect(services.map(({ service }) => service)).toMatchObject(
        config === undefined ? [] : [{ suspended: isSuspended, config: { env: config.env } }],
      )
    }
  } finally {
    world.close()
  }
}
