import {
  type AdoptionPlan,
  type ComputeProvider,
  type JsonObject,
  type ProviderCapabilities,
  type ProvisionResult,
  silentLogger,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import type { AdoptableResource } from '../conformance-harness.ts'
import { expectRejection } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'
import { pollUntil } from '../poll-until.ts'

const when = ({ adopt }: ProviderCapabilities): boolean => adopt === true

export const adoptionParts: PartGroup = {
  title: 'adoption',
  parts: [
    {
      // Whatever the tenant's id: it is another one each time until the adoption is accepted.
      name: 'the plan of an adoption tells the same each time, and writes nothing',
      when,
      async run(bench) {
        const { one, adoptable, before, writes } = await withAdoptable(bench)
        const [first, second] = [
          await planAdoption(one, adoptable),
          await planAdoption(await bench.provider(), adoptable, 'to-be-adopted-too'),
        ]
        bench.expect(second).toEqual(first)
        const { changes } = first
        bench
          .expect({ changes, runs: await adoptable.read(), writes: (await bench.harness.countWrites()) - writes })
          .toEqual({ changes: [], runs: before, writes: 0 })
      },
    },
    {
      name: 'what is adopted as it runs goes on running, is found, and has nothing to be updated',
      when,
      async run(bench) {
        const { one, adoptable, before } = await withAdoptable(bench)
        const { tenant, spec } = await adopted(bench, one, adoptable)
        const { status, changes } = await one.update(tenant, spec, bench.options({ generation: 2 }))
        bench.expect({ status, changes }).toEqual({ status: 'no_changes', changes: [] })
        const { state } = await bench.settle(one, tenant)
        bench.expect({ state, runs: await adoptable.read() }).toEqual({ state: 'running', runs: before })
      },
    },
    {
      name: 'adopting twice, by another instance, is adopting once',
      when,
      async run(bench) {
        const { one, adoptable, before } = await withAdoptable(bench)
        const { spec, tenant } = await adopted(bench, one, adoptable)
        const writes = await bench.harness.countWrites()
        const again = await adopt(bench, await bench.provider(), { spec, resource: adoptable.resource })
        bench
          .expect({
            resourceIds: again.resourceIds,
            runs: await adoptable.read(),
            writes: (await bench.harness.countWrites()) - writes,
          })
          .toEqual({ resourceIds: tenant.resourceIds, runs: before, writes: 0 })
      },
    },
    {
      name: 'what was adopted is updated and destroyed as any tenant, by a fresh instance',
      when,
      async run(bench) {
        const { one, adoptable } = await withAdoptable(bench)
        const { spec, tenant } = await adopted(bench, one, adoptable)
        const providerConfig: JsonObject = { ...spec.providerConfig, ...bench.harness.changedConfig }
        const next = { ...spec, providerConfig }
        const fresh = await bench.provider()
        const { resourceIds } = await fresh.update(tenant, next, bench.options({ generation: 2 }))
        const changed = tenantRef(next, resourceIds)
        const { state } = await bench.settle(fresh, changed)
        bench.expect({ state }).toEqual({ state: 'running' })
        await bench.destroy(await bench.provider(), changed)
        bench
          .expect({ left: await adoptable.read(), raw: await bench.listRaw(spec.tenantId) })
          .toEqual({ left: undefined, raw: [] })
      },
    },
    {
      name: 'what belongs to another tenant or installation is not adopted',
      when,
      async run(bench) {
        const { one, adoptable, before } = await withAdoptable(bench)
        const { spec } = await adopted(bench, one, adoptable)
        const { resource } = adoptable
        const elsewhere = await bench.provider({ installation: `${bench.installation}-b` })
        for (const provider of [one, elsewhere]) {
          const other = { ...bench.spec(provider), providerConfig: spec.providerConfig }
          await expectRejection('planAdoption', ['conflict'], () => planAdoption(provider, adoptable, other.tenantId))
          await expectRejection('adopt', ['conflict'], () => adopt(bench, provider, { spec: other, resource }))
        }
        bench.expect(await adoptable.read()).toEqual(before)
      },
    },
    {
      name: 'what is not there is not adopted',
      when,
      async run(bench) {
        const { one, adoptable } = await withAdoptable(bench)
        const missing = { ...adoptable, resource: `${adoptable.resource}-missing` }
        await expectRejection('planAdoption', ['invalid_config'], () => planAdoption(one, missing))
        const spec = bench.spec(one)
        await expectRejection('adopt', ['invalid_config'], () =>
          adopt(bench, one, { spec, resource: missing.resource }),
        )
      },
    },
  ],
}

async function withAdoptable(bench: Bench) {
  const { createAdoptable, countWrites } = bench.harness
  if (createAdoptable === undefined)
    throw new ConformanceError('the manifest declares `adopt`: the harness needs `createAdoptable`')
  const adoptable = await createAdoptable()
  return { one: await bench.provider(), adoptable, before: await adoptable.read(), writes: await countWrites() }
}

async function planAdoption(
  provider: ComputeProvider,
  { resource }: AdoptableResource,
  tenantId = 'to-be-adopted',
): Promise<AdoptionPlan> {
  if (provider.planAdoption === undefined) throw undeclared('planAdoption')
  const options = { signal: new AbortController().signal, logger: silentLogger }
  return await provider.planAdoption({ tenantId, resource, providerConfig: {} }, options)
}

/** Until it says that it is done. */
async function adopt(
  bench: Bench,
  provider: ComputeProvider,
  { spec, resource }: { readonly spec: TenantComputeSpec; readonly resource: string },
): Promise<ProvisionResult> {
  const { settleTimeoutMs } = bench
  const call = async () => {
    if (provider.adopt === undefined) throw undeclared('adopt')
    return await provider.adopt(spec, resource, bench.options())
  }
  return await pollUntil('it was adopted', settleTimeoutMs, call, ({ status }) => status !== 'in_progress')
}

async function adopted(
  bench: Bench,
  provider: ComputeProvider,
  adoptable: AdoptableResource,
): Promise<{ readonly spec: TenantComputeSpec; readonly tenant: TenantRef }> {
  const { config } = await planAdoption(provider, adoptable)
  const spec = { ...bench.spec(provider), providerConfig: config }
  const { status, resourceIds } = await adopt(bench, provider, { spec, resource: adoptable.resource })
  bench.expect({ status }).toEqual({ status: 'success' })
  return { spec, tenant: tenantRef(spec, resourceIds) }
}

function undeclared(member: string): ConformanceError {
  return new ConformanceError(`the manifest declares \`adopt\`, so \`${member}\` must exist`)
}
