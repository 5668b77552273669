import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Event, LandlordClient, Tenant, WorkerClient } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OldServer, startOldServer } from '../../test/start-old-server.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const WRITTEN = new URL('../../test/release-1e4b043/database.sql', import.meta.url)
/** Soon after that database was written: idempotency keys are honoured for a day. */
const NOW = new Date('2026-11-26T03:00:00.000Z')

const read = async (client: LandlordClient, tenant: string) => (await client.getTenant({ params: { tenant } })).body
const becomesReady = async (test: TestServer, tenant: string) => {
  await test.settle(await read(test.client, tenant))
  return await read(test.client, tenant)
}

describe('a database that the release before wrote', () => {
  let test: TestServer
  beforeAll(async () => {
    const database = await createTestDatabase()
    const file = new DatabaseSync(database.url.slice('sqlite:'.length))
    file.exec(readFileSync(WRITTEN, 'utf8'))
    file.close()
    test = await startTestServer({ database, now: () => NOW })
  })
  afterAll(() => test.close())

  it('shows every tenant as it was', async () => {
    const { body } = await test.client.listTenants({ query: { sort: 'name', include_deleted: true } })
    expect(body.tenants.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'archived archived',
      'backing-off provisioning',
      'deleting deleting',
      'failed failed',
      'provisioning provisioning',
      'ready ready',
      'requested requested',
      'updating updating',
    ])
    expect(await read(test.client, 'ready')).toMatchObject({
      compute_config: { image: 'registry/ready:1', env: { GREETING: 'hello' } },
      labels: { tier: 'pro', region: 'eu' },
      annotations: { note: 'of the release before' },
      observed_resource_ids: { service: 'service-ready' },
      endpoints: [{ protocol: 'http', host: '127.0.0.1', port: 8080 }],
      version: 3,
      generation: 1,
    })
    expect(await read(test.client, 'failed')).toMatchObject({
      failure: { code: 'update_failed', instance_usable: true },
    })
    const labelled = await test.client.listTenants({ query: { label_selector: 'tier in (pro,basic)', sort: 'name' } })
    expect(labelled.body.tenants.map(({ name }) => name)).toEqual(['ready', 'updating'])
  })

  it('keeps the history, of what was deleted too, and the answers under their keys', async () => {
    const { body: trail } = await test.client.listEvents({ query: { limit: 500, order: 'asc' } })
    const gone = trail.events.find(({ type }) => type === 'tenant.deleted')
    expect(gone?.tenant_name).toBe('deleted')
    const params = { tenant: gone?.tenant_id ?? '' }
    const of = await test.client.listTenantOperations({ params, query: { order: 'asc' } })
    expect(of.body.operations.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'provision succeeded',
      'delete succeeded',
    ])
    expect((await test.client.waitForTenant({ params, query: { until: 'gone' } })).body.name).toBe('deleted')
    const again = await test.client.createTenant({
      body: { name: 'requested', compute_config: { image: 'registry/requested:1' } },
      headers: { 'idempotency-key': 'key-of-the-release-before' },
    })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  it('goes on from wherever each tenant was', async () => {
    for (const name of ['requested', 'provisioning', 'backing-off', 'updating']) {
      expect(await becomesReady(test, name)).toMatchObject({ status: 'ready' })
    }
    expect(await read(test.client, 'updating')).toMatchObject({ compute_config: { env: { GREETING: 'second' } } })
    await test.client.retryTenant({ params: { tenant: 'failed' } })
    expect(await becomesReady(test, 'failed')).toMatchObject({ status: 'ready', generation: 2 })
    await test.client.replaceTenant({ params: { tenant: 'archived' }, body: { compute_config: { image: 'back:1' } } })
    expect(await becomesReady(test, 'archived')).toMatchObject({ status: 'ready' })
    const deleting = await read(test.client, 'deleting')
    await test.settle(deleting)
    await expect(read(test.client, 'deleting')).rejects.toMatchObject({ status: 404 })
    await test.client.suspendTenant({ params: { tenant: 'ready' } })
    await test.settle(await read(test.client, 'ready'))
    expect(await read(test.client, 'ready')).toMatchObject({ status: 'suspended' })
  })
})

describe('a server of the release before, beside one of this', () => {
  let test: TestServer
  let old: OldServer
  beforeAll(async () => {
    // The old one made the database, and serves while the new one migrates it.
    const database = await createTestDatabase()
    const first = await startTestServer({ database: await createTestDatabase() })
    old = await startOldServer({ databaseUrl: database.url, engineUrl: first.engine.url, folder: database.folder })
    await old.client.createTenant({ body: { name: 'before', labels: { tier: 'pro' } } })
    test = await startTestServer({ database, engine: first.engine })
    await first.server.close()
    await first.database.drop()
  })
  afterAll(async () => {
    await old.close()
    await test.close()
  })

  const report = async (worker: WorkerClient, { id }: Pick<Tenant, 'id'>, body: object) => {
    const { operation, generation } = (await worker.getDesiredState({ params: { id } })).body
    const common = { operation_id: operation?.id ?? '', generation }
    return await worker.reportProgress({ params: { id }, body: { ...common, ...body } as never })
  }
  const working = { outcome: 'in_progress', attempts: 0, resource_ids: { service: 's' } }
  const done = { outcome: 'succeeded', endpoints: [] }

  it.each([
    ['the old', 'the new', () => [old, test] as const],
    ['the new', 'the old', () => [test, old] as const],
  ])('%s one writes what %s one reads and goes on with', async (_, other, pair) => {
    const [writer, reader] = pair()
    const name = `for-${other.replace(' ', '-')}`
    const { body: tenant } = await writer.client.createTenant({ body: { name, labels: { tier: 'pro' } } })
    await report(reader.worker, tenant, working)
    await report(writer.worker, tenant, done)
    expect(await read(reader.client, name)).toMatchObject({ status: 'ready', labels: { tier: 'pro' } })
    await reader.client.patchTenant({ params: { tenant: name }, body: { compute_config: { env: { A: 'b' } } } })
    await report(writer.worker, tenant, working)
    await report(reader.worker, tenant, done)
    const seen = await read(writer.client, name)
    expect(seen).toMatchObject({ status: 'ready', generation: 2, compute_config: { env: { A: 'b' } } })
    expect(await read(reader.client, name)).toMatchObject({ version: seen.version, status: 'ready' })
    await writer.client.deleteTenant({ params: { tenant: name } })
    await report(reader.worker, tenant, working)
    await report(writer.worker, tenant, done)
    for (const { client } of [writer, reader]) {
      await expect(read(client, name)).rejects.toMatchObject({ status: 404 })
      const { body } = await client.listTenantEvents({ params: { tenant: tenant.id }, query: { order: 'asc' } })
      expect(body.events.map(({ type }) => type)).toEqual(LIFE)
    }
  })

  it('agree on the tenants that there are, and on their events', async () => {
    const names = async (client: LandlordClient) =>
      (await client.listTenants({ query: { label_selector: 'tier=pro' } })).body.tenants.map(({ name }) => name)
    expect(await names(test.client)).toEqual(['before'])
    expect(await names(old.client)).toEqual(['before'])
    const trail = async (client: LandlordClient) =>
      (await client.listEvents({ query: { limit: 500, order: 'asc' } })).body.events.map(
        ({ id, type }) => `${id} ${type}`,
      )
    expect(await trail(old.client)).toEqual(await trail(test.client))
  })
})

const LIFE: readonly Event['type'][] = [
  'tenant.created',
  'operation.started',
  'tenant.ready',
  'tenant.updated',
  'operation.started',
  'tenant.ready',
  'tenant.delete_requested',
  'operation.started',
  'tenant.deleted',
]
