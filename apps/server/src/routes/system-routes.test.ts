import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRecordingEngine } from '../../test/recording-engine.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeEach(async () => {
  test = await startTestServer()
})
afterEach(() => test.close())

describe('GET /health', () => {
  it('says that the process lives, whatever else is down', async () => {
    await test.engine.close()
    expect((await test.client.getHealth()).body).toEqual({ status: 'ok', version: expect.any(String) })
  })
})

describe('GET /ready', () => {
  it('answers 200 when everything that it depends on answers', async () => {
    const { status, body } = await test.client.getReadiness()
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'ok',
      checks: { database: { status: 'ok' }, workflow: { status: 'ok' }, worker: { status: 'ok' } },
    })
  })

  it('answers 503 without a worker', async () => {
    test.engine.workerRegistered = false
    const { status, headers, body } = await test.client.getReadiness()
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('2')
    expect(body.checks).toMatchObject({
      workflow: { status: 'ok' },
      worker: { status: 'unavailable', message: expect.stringContaining('no worker has registered') },
    })
  })

  it('answers 503 without a workflow engine', async () => {
    await test.engine.close()
    const { status, body } = await test.client.getReadiness()
    expect(status).toBe(503)
    expect(body.checks.workflow?.message).toContain('does not answer')
    expect(body.checks.database?.status).toBe('ok')
  })

  it('says so when nobody can tell whether a worker is there', async () => {
    const engine = await startRecordingEngine()
    const other = await startTestServer({
      engine,
      settings: { 'workflow.admin_url': undefined, 'workflow.ingress_url': engine.url },
    })
    const { body } = await other.client.getReadiness()
    expect(body.checks.worker).toEqual({ status: 'ok', message: expect.stringContaining('workflow.admin_url') })
    await other.close()
  })
})

describe('GET /metrics', () => {
  it('counts requests by route, tenants, open operations and triggers that failed', async () => {
    test.engine.sendStatus = 500
    await test.client.createTenant({ body: { name: 'acme' } })
    await test.client.getTenant({ params: { tenant: 'acme' } })
    await expect
      .poll(async () => await (await fetch(`${test.url}/metrics`)).text())
      .toContain('landlord_trigger_failures_total{reason="refused"} 1')
    const page = await (await fetch(`${test.url}/metrics`)).text()
    expect(page).toContain('landlord_tenants{status="requested",provider="mock"} 1')
    expect(page).toContain('landlord_operations_open{state="pending"} 1')
    expect(page).toContain('landlord_sweep_resent_total 0')
    expect(page).toContain('landlord_webhook_deliveries_pending 0')
    expect(page).toMatch(/duration_seconds_count\{method="GET",route="\/v1\/tenants\/:tenant",status="200"\} 1/)
    expect(page).not.toContain('acme')
  })

  it('measures how long operations waited and took, superseded ones too', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'acme' } })
    await test.settle(tenant)
    await test.client.reconcileTenant({ params: { tenant: 'acme' } })
    await test.client.deleteTenant({ params: { tenant: 'acme' } })
    await test.fail(tenant)
    const page = await (await fetch(`${test.url}/metrics`)).text()
    const ended = (kind: string, outcome: string) =>
      `landlord_operation_duration_seconds_count{provider="mock",kind="${kind}",outcome="${outcome}"} 1`
    expect(page).toContain('landlord_operation_wait_seconds_count{provider="mock",kind="provision"} 1')
    expect(page).toContain(ended('provision', 'succeeded'))
    expect(page).toContain(ended('reconcile', 'superseded'))
    expect(page).toContain(ended('delete', 'failed'))
    expect(page).toContain('landlord_operation_failures_total{provider="mock",kind="delete",code="provision_failed"} 1')
  })

  it('is not there when metrics are switched off', async () => {
    const other = await startTestServer({ settings: { 'metrics.enabled': false } })
    const { body: tenant } = await other.client.createTenant({ body: { name: 'acme' } })
    await other.settle(tenant)
    expect((await fetch(`${other.url}/metrics`)).status).toBe(404)
    await other.close()
  })
})
