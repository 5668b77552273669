import { tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import { expectRejection } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'

export const statusParts: PartGroup = {
  title: 'status',
  parts: [
    {
      name: 'before provision, the tenant is not found',
      async run({ provider, spec, options }) {
        const one = await provider()
        await expectRejection('getStatus', ['tenant_not_found'], () => one.getStatus(tenantRef(spec(one)), options()))
      },
    },
    {
      name: 'provision returns at once, the status moves on its own and settles as running',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { status: outcome } = await one.provision(wanted, bench.options())
        const first = await one.getStatus(tenantRef(wanted), bench.options())
        if (outcome === 'success' && !first.settled) {
          throw new ConformanceError('provision said success, but the status is not settled; say in_progress')
        }
        if (!first.settled && first.state === 'stopped') {
          throw new ConformanceError('a tenant that is coming up is not stopped')
        }
        const { state, settled, containers } = await bench.settle(one, tenantRef(wanted))
        bench.expect({ state, settled, hasContainers: containers.length > 0 }).toEqual({
          state: 'running',
          settled: true,
          hasContainers: true,
        })
      },
    },
    {
      name: 'a settled status observes the wanted configuration',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { observedConfig } = await bench.run(one, wanted)
        if (observedConfig === undefined)
          throw new ConformanceError('a settled status needs `observedConfig`, for drift')
        one.validateConfig(observedConfig)
      },
    },
    {
      name: 'a settled status tells what the target tells: states, times and endpoints are well formed',
      async run(bench) {
        const one = await bench.provider()
        const status = await bench.run(one, bench.spec(one))
        const { lastUpdated, endpoints, resourceIds } = status
        bench
          .expect({
            lastUpdatedIsIso: new Date(lastUpdated).toISOString() === lastUpdated,
            badEndpoints: endpoints.filter(({ host, port }) => host === '' || !(port >= 1 && port <= 65_535)),
            resourceIdsAreStrings: Object.values(resourceIds).every((id) => typeof id === 'string' && id !== ''),
          })
          .toEqual({ lastUpdatedIsIso: true, badEndpoints: [], resourceIdsAreStrings: true })
      },
    },
    {
      name: 'reading the status writes nothing',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const before = await bench.harness.countWrites()
        await one.getStatus(tenantRef(wanted), bench.options())
        bench.expect({ writes: (await bench.harness.countWrites()) - before }).toEqual({ writes: 0 })
      },
    },
    {
      name: 'after destroy, the tenant is not found',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        await bench.destroy(one, tenantRef(wanted))
        await expectRejection('getStatus', ['tenant_not_found'], () =>
          one.getStatus(tenantRef(wanted), bench.options()),
        )
      },
    },
  ],
}
