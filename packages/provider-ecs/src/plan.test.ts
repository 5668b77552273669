import type { JsonObject } from '@landlord/compute-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operation, startTimedFleet, type Tenant, type TimedFleet } from './__fixtures__/start-fleet.ts'

let fleet: TimedFleet
beforeAll(async () => {
  fleet = await startTimedFleet()
})
afterAll(() => fleet.close())

/** By a process that has seen nothing before; whatever it says, it writes nothing. */
async function planOf(tenant: Tenant, config: JsonObject = {}) {
  const before = fleet.writes()
  const spec = { ...tenant.spec, providerConfig: fleet.config(config) }
  const plan = await fleet.provider().plan?.(tenant.ref(), spec, operation())
  expect(fleet.writes()).toBe(before)
  return plan
}

async function running(): Promise<Tenant> {
  const tenant = fleet.tenant()
  await tenant.provision()
  await tenant.settle()
  return tenant
}

describe('plan', () => {
  it('of a tenant without a service is to create it, with all that it gets', async () => {
    const plan = await planOf(fleet.tenant(), { desired_count: 2 })
    expect(plan).toMatchObject({
      action: 'create',
      changes: expect.arrayContaining([expect.objectContaining({ path: '/desired_count', to: 2 })]),
    })
  })

  it('is what the update then reports, and nothing once it is done', async () => {
    const tenant = await running()
    const change = { task_definition_arn: fleet.web[1], enable_execute_command: true, tags: { team: 'a' } }
    const plan = await planOf(tenant, change)
    const { changes } = await tenant.update({ providerConfig: fleet.config(change) })
    expect(plan).toEqual({ action: 'update', changes })
    expect(changes.map(({ path, effect }) => [path, effect])).toEqual(
      expect.arrayContaining([
        ['/task_definition_arn', 'replace'],
        ['/enable_execute_command', 'in_place'],
        ['/tags/team', 'none'],
      ]),
    )
    await tenant.settle()
    expect(await planOf(tenant, change)).toEqual({ action: 'no_changes', changes: [] })
  })

  it.each([
    ['refuse', 'the update would be refused; set `replace: allow`'],
    ['allow', 'it is deleted and made anew, which stops the tenant for some minutes'],
  ])('warns of what cannot be done in place, with replace: %s', async (replace, warning) => {
    const plan = await planOf(await running(), { service_name_prefix: 'moved-', replace })
    expect(plan).toMatchObject({
      action: 'update',
      changes: [{ path: '/service_name' }],
      warnings: [expect.stringContaining(warning)],
    })
    expect(plan?.warnings).toHaveLength(1)
  })

  it('of a service that is not the tenant’s own is a conflict', async () => {
    const tenant = await running()
    const stranger = fleet.tenant({ provider: fleet.provider({ installation: 'other' }) })
    const spec = { ...stranger.spec, providerConfig: fleet.config({ service_name: tenant.serviceName }) }
    const plan = fleet.provider().plan?.({ ...stranger.ref(), providerConfig: spec.providerConfig }, spec, operation())
    await expect(plan).rejects.toMatchObject({ code: 'conflict' })
  })
})
