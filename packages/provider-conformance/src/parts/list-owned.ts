import type { OwnedResource, ProviderCapabilities } from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import type { PartGroup } from '../part.ts'

const when = ({ listOwned }: ProviderCapabilities): boolean => listOwned

export const listOwnedParts: PartGroup = {
  title: 'list of what is owned',
  parts: [
    {
      name: 'listOwned tells the tenants of this installation and no others',
      when,
      async run(bench) {
        const other = await bench.provider({ installation: `${bench.installation}-b` })
        const one = await bench.provider()
        const [first, second] = [bench.spec(one), bench.spec(one)]
        await Promise.all([bench.run(one, first), bench.run(one, second), bench.run(other, bench.spec(other))])
        const tenants = new Set((await listOwned(bench)).map(({ tenantId }) => tenantId).filter((id) => id !== ''))
        bench.expect([...tenants].sort()).toEqual([first.tenantId, second.tenantId].sort())
      },
    },
    {
      name: 'listOwned forgets what was destroyed',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        await bench.destroy(one, tenantRef(wanted))
        bench.expect((await listOwned(bench)).filter(({ tenantId }) => tenantId !== '')).toEqual([])
      },
    },
  ],
}

// By a fresh instance, as after a restart.
async function listOwned(bench: Bench): Promise<OwnedResource[]> {
  const one = await bench.provider()
  if (one.listOwned === undefined) throw new ConformanceError('the manifest declares `listOwned`, so it must exist')
  const found: OwnedResource[] = []
  for await (const resource of one.listOwned(bench.options())) found.push(resource)
  return found
}
