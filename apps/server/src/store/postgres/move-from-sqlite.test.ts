import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts'
import { createTestDatabase, reopenTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { runMigrateCommand } from '../../migrate-command.ts'

const WRITTEN = new URL('../../../test/release-1e4b043/database.sql', import.meta.url)

let source: TestDatabase
let target: TestDatabase
let test: TestServer | undefined

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landlord-move-'))
  source = reopenTestDatabase(`sqlite:${join(folder, 'landlord.db')}`, folder)
  const file = new DatabaseSync(join(folder, 'landlord.db'))
  file.exec(readFileSync(WRITTEN, 'utf8'))
  file.close()
  target = await createTestDatabase()
})
afterAll(async () => {
  rmSync(source.folder, { recursive: true })
  await test?.close()
})

const migrate = () => runMigrateCommand(['--from', source.url], { LANDLORD_MIGRATE_TO: target.url })

describe('landlord-server migrate', () => {
  it('copies every row of every table, whatever the release that wrote them', async () => {
    const printed = await migrate()
    const [before, after] = [await source.everything(), await target.everything()]
    for (const [name, rows] of Object.entries(before)) {
      if (name.startsWith('kysely_')) continue
      expect(after[name], name).toHaveLength(rows.length)
      expect(after[name], name).toEqual(expect.arrayContaining(rows))
      expect(printed).toContain(`${name}: ${rows.length} rows`)
    }
    expect(before.tenants).toHaveLength(8)
  })

  it('leaves a PostgreSQL alone that has tenants', async () => {
    const before = await target.everything()
    await expect(migrate()).rejects.toThrow(/has tenants or events already; nothing was copied/)
    expect(await target.everything()).toEqual(before)
  })

  it('leaves behind a database that a server goes on with', async () => {
    test = await startTestServer({ database: target })
    const { body: tenant } = await test.client.getTenant({ params: { tenant: 'provisioning' } })
    await test.settle(tenant)
    const { body } = await test.client.listEvents({ query: { limit: 500, order: 'asc' } })
    const ids = body.events.map(({ id }) => Number(id))
    expect(ids).toEqual(ids.toSorted((left, right) => left - right))
    expect(body.events.at(-1)).toMatchObject({ type: 'tenant.ready', tenant_name: 'provisioning' })
    expect(
      (await source.query<{ value: string }>("select value from meta where key = 'installation_id'"))[0]?.value,
    ).toBe(test.server.installationId)
  })

  it.each([
    [[], /--from: it is missing/],
    [['--from', 'postgres://a:secret@b/c'], /--from: it has another scheme/],
    [['--from', 'sqlite:x', '--to', 'sqlite:y'], /--to: it has another scheme/],
    [['--from', 'sqlite:/nowhere.db', '--to', 'postgres://a:secret@b/c'], /there is no file "\/nowhere.db"/],
  ])('says what it wants for %j', async (argv, expected) => {
    const error = await runMigrateCommand(argv, {}).catch((reason: unknown) => reason)
    expect(String(error)).toMatch(expected)
    expect(String(error)).not.toContain('secret')
  })
})
