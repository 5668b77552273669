import type { CreateWebhookRequest, WebhookWithSecret } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startReceiver } from '../../test/start-receiver.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const PATIENCE = { timeout: 15_000 }
/** It comes of nothing but what a test does. */
const RARE = ['webhook.secret_rotated']

let test: TestServer
let offsetMs = 0

beforeAll(async () => {
  test = await startTestServer({
    settings: { 'webhooks.allow_http': true, 'webhooks.allowed_networks': ['127.0.0.0/8'] },
    now: () => new Date(Date.now() + offsetMs),
  })
})
afterAll(() => test.close())

/** Deleted with the test. */
async function make(body: CreateWebhookRequest): Promise<{ webhook: WebhookWithSecret; params: { id: string } }> {
  const { body: webhook } = await test.client.createWebhook({ body: { types: RARE, ...body } })
  const params = { id: webhook.id }
  onTestFinished(async () => void (await test.client.deleteWebhook({ params })))
  return { webhook, params }
}

describe('a webhook', () => {
  it('that is made disabled tells nothing until it is enabled, and then what it was changed to', async () => {
    const [before, after] = [await startReceiver(), await startReceiver()]
    const { webhook, params } = await make({
      url: before.url,
      description: 'for billing',
      enabled: false,
      types: ['*'],
    })
    expect(webhook).toMatchObject({ description: 'for billing', enabled: false, disabled_reason: 'requested' })
    await test.client.createTenant({ body: { name: 'unheard', labels: { tier: 'pro' } } })
    const body = { url: after.url, types: ['tenant.created'], label_selector: 'tier=pro', description: 'for support' }
    const { body: changed } = await test.client.patchWebhook({ params, body: { ...body, enabled: true } })
    expect(changed).toMatchObject({ ...body, enabled: true })
    expect(changed).not.toHaveProperty('disabled_reason')
    await test.client.createTenant({ body: { name: 'unfit' } })
    await test.client.createTenant({ body: { name: 'heard', labels: { tier: 'pro' } } })
    await vi.waitFor(() => expect(after.received).toHaveLength(1), PATIENCE)
    expect(JSON.parse(after.received[0]?.body ?? '')).toMatchObject({ type: 'tenant.created', tenant_name: 'heard' })
    expect(before.received).toEqual([])
    const patch = { description: null, label_selector: null }
    const { body: bare } = await test.client.patchWebhook({ params, body: patch })
    expect(bare).not.toHaveProperty('description')
    expect(bare).not.toHaveProperty('label_selector')
    expect((await test.client.getWebhook({ params })).body).toMatchObject({ url: after.url, types: body.types })
  })

  it('that fails says so, also when its secret is changed, and how long the old one is good for', async () => {
    const receiver = await startReceiver({ status: 500 })
    const { webhook, params } = await make({ url: receiver.url, description: 'for billing' })
    await test.client.testWebhook({ params })
    const failing = await vi.waitFor(async () => {
      const { body } = await test.client.getWebhook({ params })
      expect(body.last_error).toBe('answered 500')
      return body
    }, PATIENCE)
    const rotate = { keep_previous_seconds: 60 }
    const { body: rotated } = await test.client.rotateWebhookSecret({ params, body: rotate })
    expect(rotated.secret).not.toBe(webhook.secret)
    const { last_error, failing_since, description } = failing
    expect(rotated).toMatchObject({ last_error, failing_since, description })
    expect(rotated.previous_secret_expires_at).toBe(new Date(Date.parse(rotated.updated_at) + 60_000).toISOString())
    const { body: shown } = await test.client.getWebhook({ params })
    expect(shown.previous_secret_expires_at).toBe(rotated.previous_secret_expires_at)
    offsetMs += 61_000
    expect((await test.client.getWebhook({ params })).body).not.toHaveProperty('previous_secret_expires_at')
  })
})

describe('an idempotency key', () => {
  it('lets a secret be changed, a test be sent and a delivery be made again once', async () => {
    const receiver = await startReceiver()
    const { params } = await make({ url: receiver.url })
    const twice = async <Answer extends { body: object }>(key: string, call: (headers: object) => Promise<Answer>) => {
      const first = await call({ 'idempotency-key': key })
      offsetMs += 1000
      expect((await call({ 'idempotency-key': key })).body).toEqual(first.body)
      return first.body as Answer['body']
    }
    await twice('rotate', (headers) => test.client.rotateWebhookSecret({ params, body: {}, headers }))
    const { id: delivery } = await twice('test', (headers) => test.client.testWebhook({ params, headers }))
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    const { body: before } = await test.client.listDeliveries({ params })
    // The change of the secret, and the test.
    expect(before.deliveries).toHaveLength(2)
    await twice('again', (headers) => test.client.redeliver({ params: { ...params, delivery }, headers }))
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), PATIENCE)
    expect(receiver.received[2]?.headers['webhook-id']).toBe(delivery)
  })
})

describe('deliveries', () => {
  it('are listed newest first, by pages', async () => {
    const { params } = await make({ url: (await startReceiver()).url })
    const sent: string[] = []
    for (let count = 0; count < 3; count += 1) sent.unshift((await test.client.testWebhook({ params })).body.id)
    const first = (await test.client.listDeliveries({ params, query: { limit: 2 } })).body
    const query = { limit: 2, cursor: first.next_cursor ?? '' }
    const last = (await test.client.listDeliveries({ params, query })).body
    expect([first, last].map((page) => page.deliveries.map(({ id }) => id))).toEqual([sent.slice(0, 2), sent.slice(2)])
    expect(last).not.toHaveProperty('next_cursor')
  })
})
