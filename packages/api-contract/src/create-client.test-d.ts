import { createClient, type Tenant } from './index.ts'

const client = createClient({ baseUrl: 'http://127.0.0.1:1' })
const t: Tenant = (await client.getTenant({ params: { tenant: 'a' } })).body
void t
await client.listTenants()
await client.listTenants({ query: { limit: 3, status: 'ready' } })
await client.createTenant({ body: { name: 'a', compute_config: { image: 'x' } } })
// @ts-expect-error name is required
await client.createTenant({ body: {} })
// @ts-expect-error params are required
await client.getTenant({})
