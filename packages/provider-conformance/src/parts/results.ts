import { tenantRef } from '../bench.ts'
import type { PartGroup } from '../part.ts'

export const resultParts: PartGroup = {
  title: 'results',
  parts: [
    {
      name: 'every result survives JSON unchanged',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const tenant = tenantRef(wanted)
        const results: Record<string, unknown> = {}
        results.provision = await one.provision(wanted, bench.options())
        results.getStatus = await bench.settle(one, tenant)
        if (one.plan !== undefined) results.plan = await one.plan(tenant, bench.changed(one, wanted), bench.options())
        results.update = await one.update(tenant, bench.changed(one, wanted), bench.options({ generation: 2 }))
        await bench.settle(one, tenant)
        results.destroy = await one.destroy(tenant, bench.options())
        for (const [method, result] of Object.entries(results)) {
          bench.expect({ method, lossy: lossyPaths(result, '') }).toEqual({ method, lossy: [] })
        }
      },
    },
    {
      name: 'the handle is strings under strings, and a later operation may get it back',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { resourceIds } = await one.provision(wanted, bench.options())
        bench.expect(Object.values(resourceIds).filter((id) => typeof id !== 'string')).toEqual([])
        const tenant = tenantRef(wanted, JSON.parse(JSON.stringify(resourceIds)) as Record<string, string>)
        const { state } = await bench.settle(one, tenant)
        bench.expect({ state }).toEqual({ state: 'running' })
      },
    },
  ],
}

/** Where a value would come back from JSON as something else. */
function lossyPaths(value: unknown, path: string): string[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return []
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path]
  if (typeof value !== 'object') return [path]
  const plain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
  if (!plain) return [path]
  return Object.entries(value).flatMap(([key, item]) => lossyPaths(item, `${path}/${key}`))
}
