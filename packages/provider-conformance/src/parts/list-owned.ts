import type { ComputeProvider, OwnedResource, ProviderCapabilities, TenantRef } from '@landlord/compute-core'
import { type Bench, effectiveConfig, tenantRef } from '../bench.ts'
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
    {
      name: 'what listOwned tells suffices to destroy it',
      when,
      async run(bench) {
        const wanted = bench.spec(await bench.provider())
        await bench.run(await bench.provider(), wanted)
        for (const owned of await listOwned(bench)) {
          const fresh = await bench.provider()
          if (owned.tenantId === wanted.tenantId) await bench.destroy(fresh, refOf(fresh, owned))
        }
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual([])
      },
    },
  ],
}

// As of a tenant that nobody knows any more.
function refOf(
  provider: ComputeProvider,
  { tenantId, resourceIds = {}, providerConfig = {} }: OwnedResource,
): TenantRef {
  return { tenantId, resourceIds, providerConfig: effectiveConfig(provider, providerConfig) }
}

// By a fresh instance, as after a restart.
async function listOwned(bench: Bench): Promise<OwnedResource[]> {
  const one = await bench.provider()
  if (one.listOwned === undefined) throw new ConformanceError('the manifest declares `listOwned`, so it must exist')
  const found: OwnedResource[] = []
  for await (const resource of one.listOwned(bench.options())) found.push(resource)
  return found
}
