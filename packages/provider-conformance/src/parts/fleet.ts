import { randomInt, randomUUID } from 'node:crypto'
import { tenantRef } from '../bench.ts'
import type { PartGroup } from '../part.ts'

const FLEET_SIZE = 20

/** At the limits of length and of the characters that a tenant's id can hold; some look alike once they are slugs. */
function tenantIds(): string[] {
  const unique = randomUUID()
  return [
    randomInt(36).toString(36),
    `${unique}${'x'.repeat(27)}`,
    `${unique}${'y'.repeat(164)}`,
    `${unique}${'y'.repeat(163)}z`,
    `${unique}.a_b`,
    `${unique}-a-b`,
    `${unique}/a b`,
    `${unique}-A-B`,
    `-${unique}-`,
    `${unique}-größe`,
  ]
}

export const fleetParts: PartGroup = {
  title: 'many tenants',
  parts: [
    {
      name: `${FLEET_SIZE} tenants at once do not disturb each other`,
      async run(bench) {
        const one = await bench.provider()
        const fleet = Array.from({ length: FLEET_SIZE }, () => bench.spec(one))
        await Promise.all(fleet.map((spec) => bench.run(one, spec)))
        const [gone, changed, ...untouched] = fleet
        if (gone === undefined || changed === undefined) return
        await Promise.all([
          bench.destroy(one, tenantRef(gone)),
          one.update(tenantRef(changed), bench.changed(one, changed), bench.options({ generation: 2 })),
        ])
        const others = await Promise.all(
          untouched.map((spec) => one.update(tenantRef(spec), spec, bench.options({ generation: 2 }))),
        )
        bench.expect(others.filter(({ status }) => status !== 'no_changes')).toEqual([])
        bench.expect(await bench.listRaw(gone.tenantId)).toEqual([])
      },
    },
    {
      name: 'tenant ids at the limits of length and character set get resources of their own',
      async run(bench) {
        const one = await bench.provider()
        const specs = tenantIds().map((tenantId) => bench.spec(one, { tenantId }))
        await Promise.all(specs.map((spec) => bench.run(one, spec)))
        for (const [index, spec] of specs.entries()) {
          await bench.destroy(one, tenantRef(spec))
          const left = specs.slice(index + 1)
          const states = await Promise.all(left.map((other) => one.getStatus(tenantRef(other), bench.options())))
          bench.expect(states.map(({ state }) => state)).toEqual(left.map(() => 'running'))
        }
      },
    },
  ],
}
