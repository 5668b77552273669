import { tenantRef } from '../bench.ts'
import { expectThrow } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'

export const suspendParts: PartGroup = {
  title: 'suspend and restart',
  parts: [
    {
      name: 'without `suspend`, validate refuses a suspended tenant',
      when: (capabilities) => !capabilities.suspend,
      async run({ provider, spec }) {
        const one = await provider()
        expectThrow('a suspended tenant', ['capability_unsupported'], () =>
          one.validate({ ...spec(one), suspended: true }),
        )
      },
    },
    {
      name: 'without `restart`, validate refuses a restart token',
      when: (capabilities) => !capabilities.restart,
      async run({ provider, spec }) {
        const one = await provider()
        expectThrow('a restart', ['capability_unsupported'], () => one.validate({ ...spec(one), restartToken: 'one' }))
      },
    },
    {
      name: 'with `suspend`, a suspended tenant settles as stopped, and resumed it runs as before',
      when: (capabilities) => capabilities.suspend,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const before = await bench.run(one, wanted)
        const suspended = { ...wanted, suspended: true }
        await one.update(tenantRef(wanted), suspended, bench.options({ generation: 2 }))
        const { state } = await bench.settle(one, tenantRef(wanted))
        bench.expect({ state }).toEqual({ state: 'stopped' })
        const again = await (await bench.provider()).update(
          tenantRef(wanted),
          suspended,
          bench.options({ generation: 2 }),
        )
        bench.expect({ again: again.status }).toEqual({ again: 'no_changes' })

        await one.update(tenantRef(wanted), wanted, bench.options({ generation: 3 }))
        const after = await bench.settle(one, tenantRef(wanted))
        bench
          .expect({ state: after.state, containers: after.containers.length })
          .toEqual({ state: 'running', containers: before.containers.length })
      },
    },
    {
      name: 'with `restart`, a new token replaces the running copies once, and no configuration changes',
      when: (capabilities) => capabilities.restart,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const restarted = { ...wanted, restartToken: 'first' }
        const before = await bench.harness.countWrites()
        const { status, changes } = await one.update(tenantRef(wanted), restarted, bench.options({ generation: 2 }))
        const wrote = (await bench.harness.countWrites()) > before
        const { state } = await bench.settle(one, tenantRef(wanted))
        bench.expect({ changes, wrote, noChanges: status === 'no_changes', state }).toEqual({
          changes: [],
          wrote: true,
          noChanges: false,
          state: 'running',
        })
        const again = await (await bench.provider()).update(
          tenantRef(wanted),
          restarted,
          bench.options({ generation: 2 }),
        )
        const without = await one.update(tenantRef(wanted), wanted, bench.options({ generation: 3 }))
        bench.expect({ again: again.status, without: without.status }).toEqual({
          again: 'no_changes',
          without: 'no_changes',
        })
      },
    },
  ],
}
