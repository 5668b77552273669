import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type LandlordClient, type Tenant } from '@landlord/api-contract'
import { createMockWorld } from '@landlord/provider-mock'
import {
  ensureTestImage,
  findEngine,
  httpServerConfig,
  listLabelled,
  NO_ENGINE,
  type TestEngine,
} from '@landlord/test-engine'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bodyOf, type LandlordDev, startLandlordDev, succeeded } from './support/landlord-dev.ts'

const found = await findEngine()
const folder = mkdtempSync(join(tmpdir(), 'landlord-drift-'))
const worldFile = join(folder, 'world.db')
const SOON = { timeout: 60_000, interval: 200 }
const FLEET = 8

let dev: LandlordDev
let client: LandlordClient
beforeAll(async () => {
  dev = await startLandlordDev({
    compute: { mock: { world_file: worldFile }, ...(found === undefined ? {} : { docker: {} }) },
    environment: { LANDLORD_DRIFT_INTERVAL_SECONDS: '2' },
  })
  client = createClient({ baseUrl: dev.url })
})
afterAll(async () => {
  await dev.close()
  rmSync(folder, { recursive: true, force: true })
})

const read = async (tenant: string) => (await client.getTenant({ params: { tenant } })).body
const becomes = (tenant: string, expected: object) =>
  vi.waitFor(async () => expect(await read(tenant)).toMatchObject(expected), SOON)
const ready = async (tenant: string): Promise<Tenant> =>
  (await client.waitForTenant({ params: { tenant }, query: { until: 'settled' } })).body
const eventsOf = async (tenant: string, type: RegExp) => {
  const { body } = await client.listTenantEvents({ params: { tenant }, query: { limit: 500, order: 'asc' } })
  return body.events.filter((event) => type.test(event.type)).map((event) => event.type)
}

const { docker } = found ?? ({} as TestEngine)

async function create(name: string, provider: 'docker' | 'mock', drift_policy: 'report' | 'heal'): Promise<Tenant> {
  const compute_config =
    provider === 'mock'
      ? {}
      : {
          image: await ensureTestImage(docker),
          ...httpServerConfig(),
          env: { GREETING: name },
          ports: [{ container_port: 8080 }],
        }
  await client.createTenant({ body: { name, compute_provider: provider, compute_config, drift_policy } })
  const tenant = await ready(name)
  expect(tenant.status).toBe('ready')
  return tenant
}

async function containersOf({ id }: Tenant) {
  const owned = await listLabelled(docker, [`landlord.tenant_id=${id}`])
  return owned.flatMap(({ kind, id: container }) => (kind === 'container' ? [docker.getContainer(container)] : []))
}

describe.skipIf(found === undefined)(`containers that somebody touches${found ? '' : `: ${NO_ENGINE}`}`, () => {
  const containerOf = async (tenant: Tenant) => (await containersOf(tenant))[0] ?? docker.getContainer('none')
  const urlOf = ({ endpoints }: Tenant) => `http://${endpoints[0]?.host}:${endpoints[0]?.port}`

  it('show as drift, follow their new ports, and are left alone where they may differ', async () => {
    const acme = await create('acme', 'docker', 'report')
    const container = await containerOf(acme)
    await container.restart({ t: 0 })
    await vi.waitFor(async () => expect(urlOf(await read('acme'))).not.toBe(urlOf(acme)), SOON)
    expect(await bodyOf(urlOf(await read('acme')))).toBe('acme')

    await container.update({ RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } })
    const changes = [{ path: '/restart_policy', from: 'always', to: 'unless-stopped', effect: 'in_place' }]
    await becomes('acme', { status: 'ready', drift: { reason: 'changed', changes } })
    expect(await succeeded(dev.landlord('drift'))).toMatch(/acme +ready +changed/)
    expect(await succeeded(dev.landlord('drift', 'acme'))).toMatch(/\/restart_policy +"always" +"unless-stopped"/)

    const { generation } = await read('acme')
    await client.patchTenant({ params: { tenant: 'acme' }, body: { drift_ignore: ['/restart_policy'] } })
    await vi.waitFor(async () => expect((await read('acme')).drift).toBeUndefined(), SOON)
    expect((await read('acme')).generation).toBe(generation)
    expect(await eventsOf('acme', /drift|operation.started/)).toEqual([
      'operation.started',
      'tenant.drift_detected',
      'tenant.drift_resolved',
    ])
  })

  it('come back where the tenant is to be healed', async () => {
    const medic = await create('medic', 'docker', 'heal')
    await (await containerOf(medic)).stop({ t: 0 })
    await vi.waitFor(async () => expect(await eventsOf('medic', /drift_resolved/)).toHaveLength(1), SOON)
    await becomes('medic', { status: 'ready' })
    expect(await bodyOf(urlOf(await read('medic')))).toBe('medic')

    await (await containerOf(medic)).remove({ force: true })
    await vi.waitFor(async () => expect(await eventsOf('medic', /drift_resolved/)).toHaveLength(2), SOON)
    await becomes('medic', { status: 'ready' })
    expect(await bodyOf(urlOf(await read('medic')))).toBe('medic')
    const { body } = await client.listTenantOperations({ params: { tenant: 'medic' } })
    expect(body.operations.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'reconcile succeeded',
      'reconcile succeeded',
      'provision succeeded',
    ])
  })
})

it('recreates nothing when whole targets are empty all of a sudden, until a person says so', async () => {
  const providers = found === undefined ? (['mock'] as const) : (['mock', 'docker'] as const)
  const tenants = await Promise.all(
    Array.from({ length: FLEET }, (_, index) =>
      create(`unit-${index}`, providers[index % providers.length] ?? 'mock', 'heal'),
    ),
  )
  const names = tenants.map(({ name }) => name)
  const containers = async () =>
    found === undefined ? [] : (await Promise.all(tenants.map((tenant) => containersOf(tenant)))).flat()
  const world = createMockWorld({ file: worldFile })
  try {
    // As with the credentials of another account: every answer is good, and says that there is nothing.
    for (const { id } of tenants) world.remove(id)
    await Promise.all((await containers()).map((container) => container.remove({ force: true })))
    const brake = async () => (await client.getDrift()).body
    await vi.waitFor(
      async () => expect(await brake()).toMatchObject({ brake: { applied: true }, drifted: FLEET }),
      SOON,
    )
    // Every tenant is looked at again, twice, and nothing comes of it.
    const again = Date.now() + 5_000
    const lastLook = async (name: string) => Date.parse((await read(name)).observed_at ?? '')
    for (const name of names) await vi.waitFor(async () => expect(await lastLook(name)).toBeGreaterThan(again), SOON)
    expect([world.resources(), await containers()]).toEqual([[], []])
    expect((await client.listTenants({ query: { drifted: true, status: 'ready' } })).body.total).toBe(FLEET)

    const refused = await dev.landlord('drift', 'resume')
    expect([refused.code, (await brake()).brake.applied]).toEqual([64, true])
    await succeeded(dev.landlord('drift', 'resume', '--yes'))
    const services = () => world.resources().filter(({ kind }) => kind === 'service')
    await vi.waitFor(async () => expect([...services(), ...(await containers())]).toHaveLength(FLEET), SOON)
    await vi.waitFor(async () => expect(await brake()).toMatchObject({ brake: { applied: false }, drifted: 0 }), SOON)
  } finally {
    world.close()
  }
})
