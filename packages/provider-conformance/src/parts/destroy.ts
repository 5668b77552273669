import { tenantRef } from '../bench.ts'
import type { PartGroup } from '../part.ts'
import { runUntilWrite } from '../run-until-write.ts'

export const destroyParts: PartGroup = {
  title: 'destroy',
  parts: [
    {
      name: 'destroy leaves nothing behind',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { resourceIds } = await bench.run(one, wanted)
        await bench.destroy(one, tenantRef(wanted, resourceIds))
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual([])
      },
    },
    {
      name: 'destroy twice is destroyed twice',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { resourceIds } = await bench.run(one, wanted)
        await bench.destroy(one, tenantRef(wanted, resourceIds))
        const { status } = await one.destroy(tenantRef(wanted, resourceIds), bench.options())
        bench.expect({ status }).toEqual({ status: 'destroyed' })
      },
    },
    {
      name: 'destroy of a tenant that never was is destroyed, and writes nothing',
      async run(bench) {
        const one = await bench.provider()
        const before = await bench.harness.countWrites()
        // Not at once where reads lag behind writes: there, "not found" is believed only after a while.
        await bench.destroy(one, tenantRef(bench.spec(one)))
        const writes = (await bench.harness.countWrites()) - before
        bench.expect({ writes }).toEqual({ writes: 0 })
      },
    },
    {
      name: 'destroy by a fresh instance with only the TenantRef leaves nothing behind',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        // The handle of a provision whose answer was lost is empty.
        await bench.destroy(await bench.provider(), tenantRef(wanted, {}))
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual([])
      },
    },
    {
      name: 'destroy removes what an aborted provision has left',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const abort = new AbortController()
        await runUntilWrite(bench, () => one.provision(wanted, bench.options({ signal: abort.signal })), abort)
        await bench.destroy(await bench.provider(), tenantRef(wanted))
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual([])
      },
    },
    {
      name: 'a destroyed tenant can be provisioned again',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        await bench.destroy(one, tenantRef(wanted))
        await bench.run(one, wanted)
      },
    },
  ],
}
