import { isOwnedBy, type ProviderCapabilities } from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import { expectRejection } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'

const when = ({ ownership }: ProviderCapabilities): boolean => ownership

export const ownershipParts: PartGroup = {
  title: 'ownership',
  parts: [
    {
      name: 'every resource carries the marks of its tenant, provider and installation',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const ownership = { tenantId: wanted.tenantId, provider: one.name, installation: bench.installation }
        const unmarked = (await bench.listRaw(wanted.tenantId)).filter(({ labels }) => !isOwnedBy(labels, ownership))
        bench.expect({ unmarked }).toEqual({ unmarked: [] })
      },
    },
    {
      name: "provision refuses a foreign resource of the tenant's name and does not touch it",
      when,
      async run(bench) {
        const { one, wanted, foreign, before } = await withForeign(bench)
        await expectRejection('provision', ['conflict'], () => one.provision(wanted, bench.options()))
        bench.expect(await foreign.read()).toEqual(before)
      },
    },
    {
      name: "update refuses a foreign resource of the tenant's name and does not touch it",
      when,
      async run(bench) {
        const { one, wanted, foreign, before } = await withForeign(bench)
        const next = bench.changed(one, wanted)
        const codes = ['tenant_not_found', 'conflict'] as const
        await expectRejection('update', codes, () => one.update(tenantRef(wanted), next, bench.options()))
        bench.expect(await foreign.read()).toEqual(before)
      },
    },
    {
      name: "destroy does not touch a foreign resource of the tenant's name",
      when,
      async run(bench) {
        const { one, wanted, foreign, before } = await withForeign(bench)
        const { status } = await one.destroy(tenantRef(wanted), bench.options())
        bench.expect({ status, foreign: await foreign.read() }).toEqual({ status: 'destroyed', foreign: before })
      },
    },
    {
      name: "a foreign resource of the tenant's name is not the tenant",
      when,
      async run(bench) {
        const { one, wanted } = await withForeign(bench)
        await expectRejection('getStatus', ['tenant_not_found'], () =>
          one.getStatus(tenantRef(wanted), bench.options()),
        )
      },
    },
    {
      name: 'two installations run different tenants side by side',
      when,
      async run(bench) {
        const [one, other] = [await bench.provider(), await bench.provider({ installation: `${bench.installation}-b` })]
        const [wanted, theirs] = [bench.spec(one), bench.spec(other)]
        await Promise.all([bench.run(one, wanted), bench.run(other, theirs)])
        await bench.destroy(one, tenantRef(wanted))
        const { state } = await other.getStatus(tenantRef(theirs), bench.options())
        bench.expect({ state }).toEqual({ state: 'running' })
      },
    },
    {
      name: "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const before = await bench.listRaw(wanted.tenantId)

        const other = await bench.provider({ installation: `${bench.installation}-b` })
        const next = bench.changed(other, wanted)
        const codes = ['tenant_not_found', 'conflict'] as const
        await expectRejection('getStatus', codes, () => other.getStatus(tenantRef(wanted), bench.options()))
        await expectRejection('update', codes, () => other.update(tenantRef(wanted), next, bench.options()))
        await other.destroy(tenantRef(wanted), bench.options())
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual(before)
      },
    },
  ],
}

async function withForeign(bench: Bench) {
  const { createForeign } = bench.harness
  if (createForeign === undefined) {
    throw new ConformanceError('the manifest declares `ownership`, so the harness needs `createForeign`')
  }
  const one = await bench.provider()
  const wanted = bench.spec(one)
  const foreign = await createForeign.call(bench.harness, wanted.tenantId)
  const before = await foreign.read()
  if (before === undefined) throw new ConformanceError('`createForeign` made nothing that can be read')
  return { one, wanted, foreign, before }
}
