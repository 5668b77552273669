import type { Delivery, WebhookWithSecret } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { runLandlord } from '../__fixtures__/run-landlord.ts'
import { type Script, startScriptedServer } from '../__fixtures__/scripted-server.ts'

const AT = '2026-11-26T12:00:00.000Z'
const webhook: WebhookWithSecret = {
  id: 'w1',
  url: 'https://example.com/hooks',
  types: ['tenant.*'],
  label_selector: 'tier=pro',
  enabled: true,
  pending: 2,
  failing_since: AT,
  last_error: 'answered 500',
  created_at: AT,
  updated_at: AT,
  secret: 'whsec_abc',
}
const delivery = (attempts: Delivery['attempts']): Delivery => ({
  id: 'd1',
  webhook_id: 'w1',
  event_id: '42',
  event_type: 'webhook.test',
  state: 'pending',
  attempt_count: attempts.length,
  attempts,
  next_attempt_at: AT,
  created_at: AT,
})
const failed = delivery([
  { at: AT, duration_ms: 12, status_code: 500, error: 'answered 500', response: 'oops\u001b[2J' },
])

async function landlord(script: Script, ...args: string[]) {
  const server = await startScriptedServer(script)
  const result = await runLandlord(['webhook', ...args, '--api-url', server.url])
  return { ...result, received: server.received }
}

describe('landlord webhook', () => {
  it('create shows the secret, and what was asked for reaches the server', async () => {
    const script = { 'POST /v1/webhooks': { status: 201, body: webhook } }
    const args = ['create', webhook.url, '--type', 'tenant.*', '--type', 'operation.failed', '-l', 'tier=pro']
    const { stdout, received } = await landlord(script, ...args)
    expect(stdout).toContain('Secret  whsec_abc')
    const types = ['tenant.*', 'operation.failed']
    expect(received[0]?.body).toEqual({ url: webhook.url, types, label_selector: 'tier=pro' })
  })

  it('list, get and delete show where it leads and how it does', async () => {
    const script = {
      'GET /v1/webhooks': { body: { webhooks: [webhook] } },
      'GET /v1/webhooks/w1': { body: webhook },
      'DELETE /v1/webhooks/w1': { body: webhook },
    }
    expect((await landlord(script, 'list')).stdout).toMatch(
      /w1 +https:\/\/example.com\/hooks +tenant\.\* of tier=pro +failing +2/,
    )
    expect((await landlord(script, 'get', 'w1')).stdout).toMatch(/Failing +since .*: answered 500/)
    expect((await landlord(script, 'delete', 'w1', '--yes')).stdout).toContain('deleted')
  })

  it('update changes what is named, and nothing to change is a mistake', async () => {
    const script = { 'PATCH /v1/webhooks/w1': { body: webhook } }
    const { received } = await landlord(script, 'update', 'w1', '--enable', '--selector', '')
    expect(received[0]?.body).toEqual({ enabled: true, label_selector: null })
    expect((await landlord(script, 'update', 'w1')).exitCode).toBe(64)
    expect((await landlord(script, 'update', 'w1', '--enable', '--disable')).exitCode).toBe(64)
  })

  it('rotate-secret keeps the old one for as long as it is told to', async () => {
    const script = { 'POST /v1/webhooks/w1/rotate-secret': { body: webhook } }
    const { stdout, received } = await landlord(script, 'rotate-secret', 'w1', '--keep', '2h')
    expect(stdout).toContain('whsec_abc')
    expect(received[0]?.body).toEqual({ keep_previous_seconds: 7200 })
  })

  it('test waits for the attempt, and ends with 7 when it failed', async () => {
    const script = (last: Delivery): Script => ({
      'POST /v1/webhooks/w1/test': { status: 202, body: delivery([]) },
      'GET /v1/webhooks/w1/deliveries/d1': [{ body: delivery([]) }, { body: last }],
    })
    const bad = await landlord(script(failed), 'test', 'w1')
    expect(bad).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('not delivered: answered 500') })
    const good = await landlord(script(delivery([{ at: AT, duration_ms: 12, status_code: 204 }])), 'test', 'w1')
    expect(good).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('204  12 ms') })
  })

  it('deliveries and redeliver show the answers, and nothing in them steers the terminal', async () => {
    const script = {
      'GET /v1/webhooks/w1/deliveries': { body: { deliveries: [failed] } },
      'GET /v1/webhooks/w1/deliveries/d1': { body: failed },
      'POST /v1/webhooks/w1/deliveries/d1/redeliver': { status: 202, body: delivery([]) },
    }
    const list = await landlord(script, 'deliveries', 'w1', '--state', 'pending', '--limit', '5')
    expect(list.stdout).toMatch(/d1 .*webhook\.test +pending +1 +answered 500/)
    expect(list.received[0]?.query).toEqual({ state: 'pending', limit: '5' })
    const one = await landlord(script, 'deliveries', 'w1', 'd1')
    expect(one.stdout).toContain('answered 500  12 ms  oops')
    expect(one.stdout).not.toContain('\u001b[2J')
    expect((await landlord(script, 'redeliver', 'w1', 'd1')).exitCode).toBe(7)
  })
})
