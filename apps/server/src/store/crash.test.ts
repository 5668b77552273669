import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient, type LandlordClient, type Tenant } from '@landlord/api-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer } from '../../test/start-test-server.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'

let database: TestDatabase
let child: ChildProcess | undefined

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await database.drop()
})

async function startChild(): Promise<{ kill: () => Promise<void>; client: LandlordClient }> {
  const script = new URL('../../test/crash-child.ts', import.meta.url).pathname
  const process_ = spawn(process.execPath, ['--conditions=@landlord/source', script, database.url, database.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = process_
  const [line] = (await once(process_.stdout, 'data')) as [Buffer]
  const client = createClient({ baseUrl: line.toString().trim() })
  const kill = async () => {
    process_.kill('SIGKILL')
    await once(process_, 'exit')
  }
  return { kill, client }
}

/** Writes until the server is gone; returns what it acknowledged. */
async function hammer(
  client: LandlordClient,
  round: number,
  onAcknowledged: (count: number) => void,
): Promise<Tenant[]> {
  const acknowledged = new Map<string, Tenant>()
  let next = 0
  const writer = async () => {
    for (;;) {
      const name = `r${round}-t${next++}`
      const headers = { 'idempotency-key': name }
      try {
        const { body } = await client.createTenant({ body: { name, labels: { round: `${round}` } }, headers })
        acknowledged.set(body.id, body)
        const changed = await client.patchTenant({ params: { tenant: name }, body: { labels: { changed: 'yes' } } })
        acknowledged.set(body.id, changed.body)
        if (next % 3 === 0) acknowledged.set(body.id, (await client.deleteTenant({ params: { tenant: name } })).body)
      } catch {
        return
      }
      onAcknowledged(acknowledged.size)
    }
  }
  await Promise.all(Array.from({ length: 8 }, writer))
  return [...acknowledged.values()]
}

/** Each query finds nothing in a database in order. */
const INCONSISTENCIES: Readonly<Record<string, string>> = {
  'tenants without their open operation':
    'select 1 from tenants t where not exists (select 1 from operations o where o.id = t.operation_id and o.tenant_id = t.id and o.generation = t.generation and o.finished_at is null)',
  'tenants with several open operations':
    'select tenant_id from operations where finished_at is null group by tenant_id having count(*) > 1',
  'tenants without documents':
    'select 1 from tenants t where not exists (select 1 from tenant_documents d where d.tenant_id = t.id)',
  'operations without their event':
    'select 1 from operations o where not exists (select 1 from events e where e.operation_id = o.id)',
  'keys without an answer': 'select 1 from idempotency_keys where answer is null',
  'keys without their tenant':
    'select 1 from idempotency_keys k where not exists (select 1 from tenants t where t.name = k.key)',
}

async function inconsistencies(): Promise<string[]> {
  const found: string[] = []
  for (const [name, query] of Object.entries(INCONSISTENCIES)) {
    if ((await database.query(query)).length > 0) found.push(name)
  }
  const tenants = await database.query<{ id: string; labels: string }>('select id, labels from tenants')
  const labels = await database.query<{ tenant_id: string }>('select tenant_id from tenant_labels')
  const asListed = tenants.flatMap(({ id, labels: text }) => Object.keys(JSON.parse(text)).map(() => id))
  if (
    labels
      .map((label) => label.tenant_id)
      .toSorted()
      .join() !== asListed.toSorted().join()
  ) {
    found.push('labels that do not match')
  }
  return found
}

describe('a server killed in the middle of writes', () => {
  it('leaves a consistent database with everything that it acknowledged', async () => {
    const acknowledged: Tenant[] = []
    for (let round = 0; round < 3; round += 1) {
      const { kill, client } = await startChild()
      let killed: Promise<void> | undefined
      const written = await hammer(client, round, (count) => {
        if (count > 25) killed ??= kill()
      })
      await killed
      acknowledged.push(...written)
      expect(await inconsistencies()).toEqual([])
    }
    expect(acknowledged.length).toBeGreaterThan(75)
    const after = await startTestServer({ database })
    for (const { id, generation } of acknowledged) {
      const { body } = await after.client.getTenant({ params: { tenant: id } })
      // A later write may have been stored without its answer having arrived.
      expect(body.generation).toBeGreaterThanOrEqual(generation)
    }
    const open = (await after.client.listTenants({ query: { limit: 500 } })).body.tenants.length
    await expect.poll(() => new Set(after.engine.sends.map((send) => send.path)).size).toBe(open)
    await after.close()
    // Three whole processes are started from source.
  }, 120_000)
})
