import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createClient, type LandlordClient, type Tenant } from '@landlord/api-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer } from '../../test/start-test-server.ts'

let folder: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-crash-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function startChild(): Promise<{ kill: () => Promise<void>; client: LandlordClient }> {
  const script = new URL('../../test/crash-child.ts', import.meta.url).pathname
  const process_ = spawn(process.execPath, ['--conditions=@landlord/source', script, folder], {
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

function inconsistencies(): Record<string, unknown> {
  const database = new DatabaseSync(join(folder, 'landlord.db'), { readOnly: true })
  const count = (query: string) => Object.values(database.prepare(`select count(*) from (${query})`).get() ?? {})[0]
  const found = {
    integrity: database.prepare('pragma integrity_check').get()?.integrity_check,
    'tenants without their open operation': count(
      'select 1 from tenants t where not exists (select 1 from operations o where o.id = t.operation_id and o.tenant_id = t.id and o.generation = t.generation and o.finished_at is null)',
    ),
    'tenants with several open operations': count(
      'select tenant_id from operations where finished_at is null group by tenant_id having count(*) > 1',
    ),
    'operations without their event': count(
      'select 1 from operations o where not exists (select 1 from events e where e.operation_id = o.id)',
    ),
    'labels that do not match': count(
      'select 1 from tenants t where (select count(*) from json_each(t.labels)) <> (select count(*) from tenant_labels l where l.tenant_id = t.id)',
    ),
    'keys without an answer': count('select 1 from idempotency_keys where answer is null'),
    'keys without their tenant': count(
      'select 1 from idempotency_keys k where not exists (select 1 from tenants t where t.name = k.key)',
    ),
  }
  database.close()
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
      expect(inconsistencies()).toEqual({
        integrity: 'ok',
        'tenants without their open operation': 0,
        'tenants with several open operations': 0,
        'operations without their event': 0,
        'labels that do not match': 0,
        'keys without an answer': 0,
        'keys without their tenant': 0,
      })
    }
    expect(acknowledged.length).toBeGreaterThan(75)
    const after = await startTestServer({ folder })
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
