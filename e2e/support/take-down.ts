import type { LandlordClient } from '@landlord/api-contract'

const WITHIN_SECONDS = 30

/** Deletes every tenant and waits until it is gone, so that a test that fails leaves no container on the engine. */
export async function takeDownTenants(client: LandlordClient): Promise<void> {
  const { body } = await client.listTenants({ query: { limit: 500, include_deleted: true } })
  await Promise.allSettled(
    body.tenants.map(async ({ id }) => {
      await client.deleteTenant({ params: { tenant: id } })
      await client.waitForTenant({ params: { tenant: id }, query: { until: 'gone', timeout: WITHIN_SECONDS } })
    }),
  )
}
