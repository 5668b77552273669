import { setTimeout as delay } from 'node:timers/promises'
import type { LandlordClient } from '@landlord/api-contract'

const LOOK_INTERVAL_MS = 500

/** From the POST to the tenant being ready. Rejects when it fails. */
export async function createReady(client: LandlordClient, name: string): Promise<void> {
  await client.createTenant({ body: { name, compute_provider: 'mock' } })
  const { body } = await client.waitForTenant({ params: { tenant: name }, query: { until: 'settled' } })
  if (body.status !== 'ready') throw new Error(`${name} is ${body.status}: ${body.failure?.message ?? ''}`)
}

/** Shows how far the fleet has got, until at least `count` tenants are ready. */
export async function everyTenantReady(client: LandlordClient, count: number): Promise<void> {
  for (;;) {
    const { body } = await client.listTenants({ query: { limit: 1, status: 'ready' } })
    process.stderr.write(`\r${body.total} of ${count} ready`)
    if (body.total >= count) return void process.stderr.write('\n')
    await delay(LOOK_INTERVAL_MS)
  }
}
