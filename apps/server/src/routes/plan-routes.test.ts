import type { DesiredState, PlanAnswer } from '@landlord/api-contract'
import type { ComputeProvider } from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
/** What the worker was asked to plan. */
let asked: DesiredState[] = []

beforeAll(async () => {
  test = await startTestServer({
    providers: [(installation) => createMockProvider({ installation }), secretProvider, withoutPlan],
  })
})
afterEach(() => {
  asked = []
  test.engine.onPlan = undefined
})
afterAll(() => test.close())

function withoutPlan(installation: string): ComputeProvider {
  const { plan: _, ...mock } = createMockProvider({ installation, name: 'blind' })
  return { ...mock, capabilities: { ...mock.capabilities, plan: false } }
}

function workerAnswers(answer: PlanAnswer): void {
  test.engine.onPlan = async (id) => {
    asked.push((await test.worker.getPlanRequest({ params: { id } })).body)
    expect((await test.worker.answerPlan({ params: { id }, body: answer })).body).toEqual({ accepted: true })
  }
}

const planned = (over: object): PlanAnswer => ({
  outcome: 'planned',
  action: 'update',
  changes: [],
  warnings: [],
  ...over,
})

describe('the plan of a creation', () => {
  it('is what the provider says of the resolved configuration, beside labels and annotations', async () => {
    const changes = [{ path: '/image', to: 'shop:1', effect: 'replace' as const }]
    workerAnswers(planned({ action: 'create', changes, warnings: ['slow'] }))
    const body = {
      name: 'new',
      compute_provider: 'vault',
      compute_config: { image: 'shop:1', password: 'open sesame' },
      labels: { tier: 'pro' },
      annotations: { note: 'private' },
    }
    const { body: plan } = await test.client.planCreation({ body })
    expect(plan).toEqual({
      tenant_name: 'new',
      compute_provider: 'vault',
      action: 'create',
      effect: 'replace',
      source: 'live',
      changes: [
        { path: '/compute_config/image', to: 'shop:1', effect: 'replace' },
        { path: '/labels/tier', to: 'pro', effect: 'none' },
        { path: '/annotations/note', effect: 'none' },
      ],
      warnings: ['slow'],
    })
    // The defaults are in it, and the secret reaches the worker and nobody else.
    expect(asked[0]?.config).toEqual({ image: 'shop:1', password: 'open sesame', size: 1 })
  })

  it('changes nothing, however often it is asked for and whether it is made or not', async () => {
    workerAnswers(planned({ action: 'create' }))
    const before = await test.database.everything()
    const body = { name: 'never', compute_provider: 'mock' }
    await Promise.all([1, 2, 3].map(() => test.client.planCreation({ body })))
    test.engine.onPlan = undefined
    expect(await problemOf(test.client.planCreation({ body }))).toMatchObject({ status: 503, code: 'unavailable' })
    expect(await test.database.everything()).toEqual(before)
    expect(before).toHaveProperty('plans', [])
  })

  it('is refused as the creation would be', async () => {
    await test.client.createTenant({ body: { name: 'taken', compute_provider: 'mock' } })
    const other = { name: 'taken', compute_provider: 'mock', compute_config: { image: 'other' } }
    const wrong = { name: 'wrong', compute_provider: 'mock', compute_config: { imagee: 'x' } }
    const id = { name: '01890000-0000-7000-8000-000000000000', compute_provider: 'mock' }
    for (const body of [other, wrong, id]) {
      const { instance: _, request_id: __, ...problem } = await problemOf(test.client.planCreation({ body }))
      const { instance: ___, request_id: ____, ...refusal } = await problemOf(test.client.createTenant({ body }))
      expect(problem).toEqual(refusal)
    }
  })

  it('of a tenant that is there already is that nothing changes', async () => {
    const body = { name: 'there', compute_provider: 'mock' }
    const { body: tenant } = await test.client.createTenant({ body })
    const { body: plan } = await test.client.planCreation({ body })
    expect(plan).toMatchObject({ tenant_id: tenant.id, action: 'no_changes', source: 'recorded' })
    expect(plan.warnings).toEqual([expect.stringContaining('already')])
  })
})

describe('the plan of a change', () => {
  it('is of the whole desired state as PUT takes it, and with ?merge of a part', async () => {
    const labels = { tier: 'pro' }
    const compute_config = { image: 'a', env: { A: '1' } }
    await test.client.createTenant({ body: { name: 'whole', compute_provider: 'mock', labels, compute_config } })
    workerAnswers(planned({ changes: [{ path: '/image', from: 'a', to: 'b', effect: 'replace' }] }))
    const params = { tenant: 'whole' }
    const body = { compute_config: { image: 'b' } }
    const { body: put, headers } = await test.client.planChange({ params, body })
    expect(put).toMatchObject({ action: 'replace', effect: 'replace', version: 1 })
    expect(put.changes.map(({ path }) => path)).toEqual(['/compute_config/image', '/labels/tier'])
    expect(headers.get('etag')).toBe('"1"')
    const { body: patched } = await test.client.planChange({ params, query: { merge: true }, body })
    expect(patched.changes.map(({ path }) => path)).toEqual(['/compute_config/image'])
    expect(asked.map(({ config }) => config.env)).toEqual([{}, { A: '1' }])
    expect(asked[0]).toMatchObject({ applied_config: compute_config, generation: 1 })
  })

  it('asks nobody about annotations, nor about nothing', async () => {
    await test.client.createTenant({ body: { name: 'noted', compute_provider: 'mock' } })
    const params = { tenant: 'noted' }
    const note = { annotations: { owner: 'me' } }
    const { body: plan } = await test.client.planChange({ params, query: { merge: true }, body: note })
    expect(plan).toMatchObject({ action: 'update', effect: 'none', source: 'recorded' })
    const { body: same } = await test.client.planChange({ params, query: { merge: true }, body: {} })
    expect(same).toMatchObject({ action: 'no_changes', changes: [] })
    expect(same.warnings).toEqual([expect.stringContaining('stays as it is')])
  })

  it('is refused as the change would be', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'firm', compute_provider: 'mock' } })
    const params = { tenant: tenant.id }
    const at = (version: number) => ({ params, headers: { 'if-match': `"${version}"` } })
    expect(await problemOf(test.client.planChange(at(tenant.version + 1)))).toMatchObject({ status: 412 })
    const unchanged = await test.client.planChange({ ...at(tenant.version), query: { merge: true }, body: {} })
    expect(unchanged.body.action).toBe('no_changes')
    const moved = { compute_provider: 'vault', compute_config: { image: 'x' } }
    expect(await problemOf(test.client.planChange({ params, body: moved }))).toMatchObject({ status: 409 })
    const nulls = { labels: null }
    expect(await problemOf(test.client.planChange({ params, body: nulls }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/labels', message: 'must be object' }],
    })
    expect(await problemOf(test.client.planChange({ params: { tenant: 'nobody' } }))).toMatchObject({ status: 404 })
  })

  it('for a provider that cannot plan compares with the record, and says so', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'dark', compute_provider: 'blind' } })
    await test.settle(tenant)
    const params = { tenant: 'dark' }
    const body = { compute_config: { image: 'b' } }
    const { body: plan } = await test.client.planChange({ params, query: { merge: true }, body })
    expect(plan).toMatchObject({ action: 'replace', source: 'recorded' })
    expect(plan.changes).toEqual([{ path: '/compute_config/image', from: 'mock', to: 'b', effect: 'replace' }])
    expect(plan.warnings).toEqual([expect.stringContaining('cannot plan')])
  })
})

describe('the plan without a change', () => {
  it('is what reconciling would do', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'drifted', compute_provider: 'mock' } })
    workerAnswers(planned({ changes: [{ path: '/replicas', from: 3, to: 1, effect: 'in_place' }] }))
    const { body: early } = await test.client.planChange({ params: { tenant: 'drifted' } })
    expect(early.warnings).toEqual([expect.stringContaining('under way')])
    await test.settle(tenant, { service: 's-1' })
    const { body: plan } = await test.client.planChange({ params: { tenant: 'drifted' } })
    expect(plan).toMatchObject({ action: 'update', effect: 'in_place', source: 'live', warnings: [] })
    expect(asked[1]).toMatchObject({ tenant_id: tenant.id, resource_ids: { service: 's-1' } })
  })

  it('is refused where there is nothing to reconcile', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'over', compute_provider: 'mock' } })
    await test.client.archiveTenant({ params: { tenant: tenant.id } })
    expect(await problemOf(test.client.planChange({ params: { tenant: 'over' } }))).toMatchObject({ status: 409 })
    await test.fail(tenant)
    expect(await problemOf(test.client.planChange({ params: { tenant: 'over' } }))).toMatchObject({
      status: 409,
      detail: expect.stringContaining('meant to be gone'),
    })
  })
})

describe('a plan that fails', () => {
  const failure = { message: 'there is no such task definition', retryable: false, instance_usable: false }

  it.each([
    ['invalid_config', 400, 'invalid_config'],
    ['conflict', 409, 'conflict'],
    ['access_denied', 503, 'unavailable'],
  ])('with %s answers %i', async (code, status, problem) => {
    workerAnswers({ outcome: 'failed', error: { ...failure, code } })
    const body = { name: 'failing', compute_provider: 'mock' }
    expect(await problemOf(test.client.planCreation({ body }))).toMatchObject({
      status,
      code: problem,
      detail: expect.stringContaining('no such task definition'),
    })
  })

  it('is removed by age when its server did not live to see it', async () => {
    const row = (id: string, year: number) => `('${id}', '{}', null, '${year}-01-01T00:00:00.000Z')`
    await test.database.query(
      `insert into plans (id, request, answer, created_at) values ${row('left', 2020)}, ${row('waited-for', 2999)}`,
    )
    await test.server.sweepNow()
    expect(await test.database.query('select id from plans')).toEqual([{ id: 'waited-for' }])
    await test.database.query('delete from plans')
  })

  it('leaves nothing for a worker that comes late', async () => {
    const id = '01890000-0000-7000-8000-000000000000'
    expect(await problemOf(test.worker.getPlanRequest({ params: { id } }))).toMatchObject({ status: 404 })
    const { body } = await test.worker.answerPlan({ params: { id }, body: planned({}) })
    expect(body).toEqual({ accepted: false })
  })
})
