import { execFile } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createMockWorld, type MockWorld } from '@landlord/provider-mock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from './support/system.ts'

const SERVER = join(import.meta.dirname, '../apps/server/src/main.ts')
const SOON = { timeout: 60_000, interval: 100 }

let system: System
let world: MockWorld
beforeAll(async () => {
  system = await startSystem({ 'reconcile.orphan_grace_seconds': 1 })
  world = createMockWorld({ file: join(system.folder, 'world.db') })
})
afterAll(async () => {
  world.close()
  await system.close()
})

const create = async (name: string, image: string, more: object = {}) =>
  (await system.client.createTenant({ body: { name, compute_config: { image, ...more } } })).body.id
const ready = (tenant: string) =>
  system.client.waitForTenant({ params: { tenant }, query: { until: 'ready', timeout: 60 } })
const imageAt = async (tenant: string) => {
  const { body } = await system.client.getTenant({ params: { tenant } })
  return body.observed_config?.image
}
const resourcesOf = (tenantId: string) => world.resources({ tenantId }).length

async function backup(): Promise<string> {
  const file = join(system.folder, 'backup.db')
  const argv = ['--conditions=@landlord/source', SERVER, 'backup', '--to', file]
  const env = { PATH: process.env.PATH, LANDLORD_DATABASE_URL: `sqlite:${system.databaseFile}` }
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env })
  expect(stdout).toMatch(/backup\.db: \d+ bytes, checked/)
  return file
}

/** As docs/backup.md says. */
async function restore(file: string): Promise<void> {
  await system.server.close()
  for (const ending of ['', '-wal', '-shm']) rmSync(`${system.databaseFile}${ending}`, { force: true })
  copyFileSync(file, system.databaseFile)
  await system.startServer()
}

it('converges to the truth of a restored backup, with nothing doubled', async () => {
  const [kept, gone] = [await create('kept', 'one'), await create('gone', 'one')]
  await Promise.all([ready('kept'), ready('gone')])
  // Under way in the backup, and over when it is restored.
  const moving = await create('moving', 'one', { mock: { ready_after_ms: 3000 } })
  await expect.poll(() => resourcesOf(moving), SOON).toBeGreaterThan(0)
  const file = await backup()

  await system.client.patchTenant({ params: { tenant: 'kept' }, body: { compute_config: { image: 'two' } } })
  await system.client.deleteTenant({ params: { tenant: 'gone' } })
  const late = await create('late', 'one')
  await Promise.all([ready('kept'), ready('late'), ready('moving')])
  await expect.poll(() => resourcesOf(gone), SOON).toBe(0)
  const perTenant = resourcesOf(kept)

  await restore(file)
  const { body: list } = await system.client.listTenants()
  expect(list.tenants.map(({ name }) => name).toSorted()).toEqual(['gone', 'kept', 'moving'])
  await ready('moving')

  // What the restored truth says of the settled ones is applied by asking for it.
  for (const tenant of ['kept', 'gone']) await system.client.reconcileTenant({ params: { tenant } })
  await Promise.all([ready('kept'), ready('gone')])
  expect(await imageAt('kept')).toBe('one')
  for (const id of [kept, gone, moving]) expect(resourcesOf(id)).toBe(perTenant)

  const orphaned = async () => {
    await system.client.scanOrphans()
    return (await system.client.listOrphans()).body.orphans.map((orphan) => orphan.tenant_id)
  }
  await expect.poll(orphaned, SOON).toEqual([late])
  expect(resourcesOf(late)).toBe(perTenant)
  expect((await system.client.getDiagnosis()).body.stuck).toEqual([])
})
