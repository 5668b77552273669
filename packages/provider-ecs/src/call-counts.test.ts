import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

/** What one call of the provider asks of AWS. */
async function callsOf(call: () => Promise<unknown>): Promise<Record<string, number>> {
  fleet.emulator.control.resetCounters()
  await call()
  return fleet.emulator.control.counters().calls
}

it('each operation asks AWS for no more than the README says', async () => {
  const tenant = fleet.tenant()
  await tenant.provision()
  await tenant.settle()
  const asked: Record<string, Record<string, number>> = {}
  const measure = async (name: string, call: () => Promise<unknown>) => {
    asked[name] = await callsOf(call)
    await tenant.settle()
  }
  await measure('status', () => tenant.status())
  await measure('equal', () => tenant.update({}))
  const changed = fleet.config({ desired_count: 2, tags: { plan: 'gold' } })
  await measure('update', () => tenant.update({ providerConfig: changed }))
  await measure('suspend', () => tenant.update({ suspended: true }))
  await measure('resume', () => tenant.update({ suspended: false }))
  await measure('restart', () => tenant.update({ restartToken: 'one' }))
  asked.destroy = await callsOf(() => tenant.destroy())
  asked.again = await callsOf(() => tenant.destroy())
  expect(asked).toEqual({
    status: { DescribeServices: 1, ListTasks: 1, DescribeTasks: 1 },
    equal: { DescribeServices: 1 },
    update: { DescribeServices: 1, UpdateService: 1, TagResource: 1 },
    suspend: { DescribeServices: 1, UpdateService: 1, TagResource: 1 },
    resume: { DescribeServices: 1, UpdateService: 1, UntagResource: 1 },
    restart: { DescribeServices: 1, UpdateService: 1, TagResource: 2, UntagResource: 1 },
    destroy: { DescribeServices: 1, DeleteService: 1 },
    again: { DescribeServices: 1 },
  })
})

it('tenants that are looked at together share one DescribeServices', async () => {
  const provider = fleet.provider()
  const tenants = Array.from({ length: 20 }, () => fleet.tenant({ provider }))
  await Promise.all(tenants.map((tenant) => tenant.provision()))
  const asked = await callsOf(() => Promise.all(tenants.map((tenant) => tenant.status())))
  expect(asked.DescribeServices).toBeLessThanOrEqual(4)
})
