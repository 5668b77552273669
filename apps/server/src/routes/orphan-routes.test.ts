import { randomUUID } from 'node:crypto'
import type { OrphanScanReport } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const MINUTE_MS = 60_000
/** As it is by default. */
const ORPHAN_GRACE_MS = 15 * MINUTE_MS

let test: TestServer
let time = Date.parse('2026-11-20T12:00:00.000Z')
beforeAll(async () => {
  test = await startTestServer({ now: () => new Date(time) })
})
afterAll(() => test.close())

const old = () => new Date(time - 2 * ORPHAN_GRACE_MS).toISOString()

type Owned = OrphanScanReport['resources'][number]

function owned(tenantId: string, more: Partial<Owned> = {}): Owned {
  return { tenant_id: tenantId, kind: 'service', id: `s-${tenantId}`, name: 'svc', created_at: old(), ...more }
}

const scanSends = () => test.engine.sends.filter(({ path }) => path === '/restate/send/OrphanScan/mock/run')
/** As the worker gets it. */
const scanId = () => (JSON.parse(scanSends().at(-1)?.body ?? '') as { scan_id: string }).scan_id

/** Starts a scan as a person does; returns its id. */
async function startScan(): Promise<string> {
  const before = scanSends().length
  expect((await test.client.scanOrphans()).status).toBe(202)
  expect(scanSends()).toHaveLength(before + 1)
  return scanId()
}

async function report(id: string, body: Partial<OrphanScanReport> = {}): Promise<boolean> {
  const whole = { outcome: 'succeeded', resources: [], seen: body.resources?.length ?? 0, ...body } as OrphanScanReport
  return (await test.worker.reportOrphanScan({ params: { id }, body: whole })).body.accepted
}

async function scan(...resources: Owned[]): Promise<void> {
  expect(await report(await startScan(), { resources })).toBe(true)
}

const found = async () => (await test.client.listOrphans()).body.orphans
const reasons = async () => Object.fromEntries((await found()).map(({ tenant_id, reason }) => [tenant_id, reason]))

async function readyTenant(name: string, handle?: Record<string, string>): Promise<string> {
  const { body } = await test.client.createTenant({ body: { name } })
  await test.settle(body, handle)
  return body.id
}

describe('a scan', () => {
  it('is not begun twice, says what it has seen, and is over when it was told so', async () => {
    expect((await test.client.listOrphans()).body.scans).toEqual([{ provider: 'mock', state: 'never', resources: 0 }])
    const id = await startScan()
    const again = await test.client.scanOrphans({ query: { provider: 'mock' } })
    expect([again.status, again.body.scans]).toMatchObject([200, [{ state: 'running', resources: 0 }]])
    expect(await report(id, { outcome: 'in_progress', seen: 7 })).toBe(true)
    expect((await test.client.listOrphans()).body.scans).toMatchObject([{ state: 'running', resources: 7 }])
    expect(await report(id, { seen: 9 })).toBe(true)
    const at = new Date(time).toISOString()
    expect((await test.client.listOrphans()).body.scans).toEqual([
      { provider: 'mock', state: 'succeeded', resources: 9, started_at: at, finished_at: at, reported_at: at },
    ])
    expect(await report(id)).toBe(false)
  })

  it('of a provider that is not there is refused', async () => {
    const problem = await problemOf(test.client.scanOrphans({ query: { provider: 'nomad' } }))
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '?provider' }] })
  })

  it('with an idempotency key is begun once', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await test.client.scanOrphans({ headers })
    const second = await test.client.scanOrphans({ headers })
    expect(first.status).toBe(202)
    expect([second.status, second.body]).toEqual([first.status, first.body])
    await report(scanId())
  })

  it('whose trigger or worker was lost is triggered again under another key', async () => {
    test.engine.sendStatus = 500
    expect((await test.client.scanOrphans()).status).toBe(202)
    test.engine.sendStatus = 202
    const lost = scanSends().at(-1)
    await test.server.sweepNow()
    expect(scanSends().at(-1)).toEqual(lost)
    time += 5 * MINUTE_MS
    await test.server.sweepNow()
    const resent = scanSends().at(-1)
    expect(resent?.body).toBe(lost?.body)
    expect(resent?.key).toBe(lost?.key?.replace(/-0$/, '-1'))
    await report(scanId())
    time += 60 * MINUTE_MS
    const before = scanSends().length
    await test.server.sweepNow()
    expect(scanSends()).toHaveLength(before)
  })

  it('that failed leaves the report before as it was, and says why', async () => {
    const orphan = randomUUID()
    const volume = owned(orphan, { kind: 'volume', id: 'v-1' })
    await scan(owned(orphan), volume)
    const reportedAt = new Date(time).toISOString()
    time += MINUTE_MS
    const error = {
      code: 'throttled',
      message: 'slow down',
      retryable: true,
      details: { after: 5 },
      instance_usable: false,
    }
    const id = await startScan()
    await report(id, { outcome: 'in_progress', resources: [volume] })
    await report(id, { outcome: 'failed', error })
    const kinds = async () => (await found()).flatMap(({ resources }) => resources.map(({ kind }) => kind))
    expect(await kinds()).toEqual(['service', 'volume'])
    expect(await reasons()).toEqual({ [orphan]: 'no_tenant' })
    const { scans } = (await test.client.listOrphans()).body
    expect(scans).toMatchObject([{ state: 'failed', error, reported_at: reportedAt }])
    await scan(volume)
    expect(await kinds()).toEqual(['volume'])
    await scan()
    expect(await found()).toEqual([])
  })
})

describe('an orphan', () => {
  it('is what has no tenant, or an archived one, and is old enough; of pages and attempts each counts once', async () => {
    const [ready, archived] = [await readyTenant('ready'), await readyTenant('archived')]
    await test.client.archiveTenant({ params: { tenant: 'archived' } })
    await test.settle({ id: archived })
    const changing = await readyTenant('changing')
    time += 2 * ORPHAN_GRACE_MS
    await test.client.reconcileTenant({ params: { tenant: 'changing' } })
    const [nobody, young] = [randomUUID(), randomUUID()]
    const id = await startScan()
    const page = [owned(ready), owned(archived), owned(changing), owned(nobody)]
    await report(id, { outcome: 'in_progress', resources: page })
    // The worker died, and another one begins anew.
    await report(id, { outcome: 'in_progress', resources: page })
    const volume = owned(nobody, { kind: 'volume', id: 'v-1' })
    await report(id, { resources: [volume, owned(young, { created_at: new Date(time - MINUTE_MS).toISOString() })] })
    expect(await reasons()).toEqual({ [archived]: 'archived_tenant', [nobody]: 'no_tenant' })
    const orphan = (await found()).find(({ tenant_id }) => tenant_id === nobody)
    expect(orphan).toMatchObject({ deletable: true, provider: 'mock' })
    expect(orphan?.resources.map(({ kind }) => kind)).toEqual(['service', 'volume'])
    const { events } = (await test.client.listEvents({ query: { limit: 500 } })).body
    expect(events.filter(({ type, tenant_id }) => type === 'orphan.found' && tenant_id === nobody)).toMatchObject([
      { principal: 'worker', data: { compute_provider: 'mock', reason: 'no_tenant' } },
    ])
  })

  it('is not what was deleted while the scan was under way, until a later scan finds it again', async () => {
    const id = await readyTenant('short-lived')
    time += 2 * ORPHAN_GRACE_MS
    const scan = await startScan()
    await test.client.deleteTenant({ params: { tenant: 'short-lived' } })
    await test.settle({ id })
    await report(scan, { resources: [owned(id)] })
    expect(await reasons()).toEqual({})
    time += 2 * ORPHAN_GRACE_MS
    await report(await startScan(), { resources: [owned(id)] })
    expect(await found()).toMatchObject([{ tenant_id: id, tenant_name: 'short-lived', reason: 'no_tenant' }])
  })

  it('beside a living tenant is shown where the handle names another one, and cannot be deleted', async () => {
    const id = await readyTenant('moved', { service_arn: 'b' })
    time += 2 * ORPHAN_GRACE_MS
    await scan(owned(id, { resource_ids: { service_arn: 'a' } }))
    const [orphan] = await found()
    expect(orphan).toMatchObject({ tenant_id: id, reason: 'unaccounted', deletable: false })
    const problem = await problemOf(test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } }))
    expect(problem).toMatchObject({ status: 409, detail: expect.stringMatching(/tenant .* lives/) })
    await scan(owned(id, { resource_ids: { service_arn: 'b' } }))
    expect(await found()).toEqual([])
  })

  it('is listed by pages', async () => {
    await scan(...Array.from({ length: 5 }, () => owned(randomUUID())))
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 2, provider: 'mock', ...(cursor === undefined ? {} : { cursor }) }
      const { body } = await test.client.listOrphans({ query })
      ids.push(...body.orphans.map(({ id }) => id))
      cursor = body.next_cursor
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(5)
    expect((await test.client.listOrphans({ query: { provider: 'other' } })).body.orphans).toEqual([])
    expect((await problemOf(test.client.listOrphans({ query: { cursor: 'x' } }))).status).toBe(400)
  })
})

describe('deleting an orphan', () => {
  it('makes it a tenant that is being deleted, with what the provider needs to find it', async () => {
    const tenantId = randomUUID()
    const hints = { resource_ids: { service_arn: 'a' }, provider_config: { image: 'hint:1' } }
    await scan(owned(tenantId, hints))
    const [orphan] = await found()
    const { status, body } = await test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } })
    expect([status, body]).toMatchObject([202, { id: tenantId, name: `orphan-${tenantId}`, status: 'deleting' }])
    await vi.waitFor(() => expect(test.engine.sendsOf(tenantId)).toHaveLength(1))
    expect((await test.worker.getDesiredState({ params: { id: tenantId } })).body).toMatchObject({
      provider: 'mock',
      operation: { kind: 'delete' },
      applied_config: { image: 'hint:1' },
      resource_ids: { service_arn: 'a' },
    })
    expect(await found()).toEqual([])
    expect((await problemOf(test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } }))).status).toBe(404)
    await test.settle({ id: tenantId })
    const { events } = (await test.client.listTenantEvents({ params: { tenant: tenantId } })).body
    expect(events.map(({ type }) => type)).toEqual([
      'tenant.deleted',
      'operation.started',
      'orphan.delete_requested',
      'orphan.found',
    ])
    expect(events[2]).toMatchObject({ principal: 'anonymous', data: { resources: [{ kind: 'service' }] } })
  })

  it('archives an archived tenant once more, by what was found', async () => {
    const id = await readyTenant('comes-back')
    await test.client.archiveTenant({ params: { tenant: 'comes-back' } })
    await test.settle({ id })
    time += 2 * ORPHAN_GRACE_MS
    await scan(owned(id, { resource_ids: { service_arn: 'late' } }))
    const [orphan] = await found()
    const { body } = await test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } })
    expect(body).toMatchObject({ id, name: 'comes-back', status: 'archiving' })
    const desired = (await test.worker.getDesiredState({ params: { id } })).body
    expect(desired).toMatchObject({ operation: { kind: 'archive' }, resource_ids: { service_arn: 'late' } })
    await test.settle({ id })
    expect((await test.client.getTenant({ params: { tenant: id } })).body.status).toBe('archived')
  })

  it('is refused as soon as a tenant owns it', async () => {
    const id = await readyTenant('revived')
    await test.client.archiveTenant({ params: { tenant: 'revived' } })
    await test.settle({ id })
    time += 2 * ORPHAN_GRACE_MS
    await scan(owned(id))
    const [orphan] = await found()
    await test.client.replaceTenant({ params: { tenant: 'revived' }, body: {} })
    expect(await found()).toEqual([])
    expect((await problemOf(test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } }))).status).toBe(404)
  })

  it('is done once by parallel requests', async () => {
    const tenantId = randomUUID()
    await scan(owned(tenantId))
    const [orphan] = await found()
    const params = { id: orphan?.id ?? '' }
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => test.client.deleteOrphan({ params })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await vi.waitFor(() => expect(test.engine.sendsOf(tenantId)).toHaveLength(1))
  })

  it('whose mark no server of ours can have given is left to a person', async () => {
    await scan(owned('by-hand'))
    const [orphan] = await found()
    expect(orphan).toMatchObject({ tenant_id: 'by-hand', deletable: false })
    const problem = await problemOf(test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } }))
    expect(problem).toMatchObject({ status: 409, detail: expect.stringContaining('"by-hand"') })
  })
})
