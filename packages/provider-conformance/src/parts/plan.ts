import type { ComputePlan, ComputeProvider, ProviderCapabilities, TenantComputeSpec } from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import type { PartGroup } from '../part.ts'

const when = ({ plan }: ProviderCapabilities): boolean => plan

export const planParts: PartGroup = {
  title: 'plan',
  parts: [
    {
      name: 'the plan for a tenant that is not there is to create it',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        bench.expect((await plan(bench, one, wanted, wanted)).action).toEqual('create')
      },
    },
    {
      name: 'the plan for an equal configuration is no_changes',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const { action, changes } = await plan(bench, one, wanted, wanted)
        bench.expect({ action, changes }).toEqual({ action: 'no_changes', changes: [] })
      },
    },
    {
      name: 'the plan for an update is what the update then reports',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const next = bench.changed(one, wanted)
        const { action, changes } = await plan(bench, one, wanted, next)
        const result = await one.update(tenantRef(wanted), next, bench.options({ generation: 2 }))
        bench.expect({ action, changes }).toEqual({ action: 'update', changes: result.changes })
      },
    },
    {
      name: 'making a plan writes nothing',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const before = await bench.harness.countWrites()
        await plan(bench, one, wanted, wanted)
        bench.expect({ writes: (await bench.harness.countWrites()) - before }).toEqual({ writes: 0 })
      },
    },
  ],
}

async function plan(
  bench: Bench,
  provider: ComputeProvider,
  current: TenantComputeSpec,
  next: TenantComputeSpec,
): Promise<ComputePlan> {
  if (provider.plan === undefined) throw new ConformanceError('the manifest declares `plan`, so it must exist')
  return await provider.plan(tenantRef(current), next, bench.options())
}
