import type { LandlordClient, ListTenantsQuery, Tenant, TenantList } from '@landlord/api-contract'

const LARGEST_PAGE = 500

/** Every tenant that matches, from as many pages as there are. */
export async function listAllTenants(
  client: Pick<LandlordClient, 'listTenants'>,
  query: Omit<ListTenantsQuery, 'limit' | 'cursor' | 'offset'>,
  input: { readonly signal?: AbortSignal } = {},
): Promise<TenantList> {
  const tenants: Tenant[] = []
  let cursor: string | undefined
  do {
    const { body } = await client.listTenants({
      query: { ...query, limit: LARGEST_PAGE, ...(cursor === undefined ? {} : { cursor }) },
      ...input,
    })
    tenants.push(...body.tenants)
    cursor = body.next_cursor
  } while (cursor !== undefined)
  return { tenants, total: tenants.length, limit: tenants.length, offset: 0 }
}
