import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type CreateWebhookRequest, createClient, type Delivery, type WebhookWithSecret } from '@landlord/api-contract'
import { Webhook as Standard } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { type ReceivedDelivery, startReceiver } from '../../test/start-receiver.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const SETTINGS = {
  'webhooks.allow_http': true,
  'webhooks.allowed_networks': ['127.0.0.0/8'],
  'webhooks.timeout_seconds': 1,
}
const PATIENCE = { timeout: 15_000 }
const DAY_MS = 86_400_000

let test: TestServer
let offsetMs = 0
const now = () => new Date(Date.now() + offsetMs)

beforeAll(async () => {
  test = await startTestServer({ settings: SETTINGS, now })
})
afterAll(() => test.close())

/** Lets time pass; whatever is due then is done. */
async function pass(ms: number): Promise<void> {
  offsetMs += ms
  await createTenant()
}

let tenants = 0
async function createTenant(labels: Record<string, string> = {}): Promise<string> {
  tenants += 1
  const name = `t${tenants}`
  await test.client.createTenant({ body: { name, labels } })
  return name
}

/** A webhook for one type that nothing else causes; deleted with the test. */
async function make(body: Partial<CreateWebhookRequest> & { url: string }): Promise<WebhookWithSecret> {
  const { body: webhook } = await test.client.createWebhook({ body: { types: ['webhook.secret_rotated'], ...body } })
  onTestFinished(async () => {
    await test.client.deleteWebhook({ params: { id: webhook.id } }).catch(() => {})
  })
  return webhook
}

const send = async ({ id }: { id: string }) => (await test.client.testWebhook({ params: { id } })).body

async function settled(webhook: { id: string }, { id: delivery }: Delivery): Promise<Delivery> {
  return await vi.waitFor(async () => {
    const { body } = await test.client.getDelivery({ params: { id: webhook.id, delivery } })
    expect(body.attempts).not.toEqual([])
    return body
  }, PATIENCE)
}

function verify({ body, headers }: ReceivedDelivery, secret: string): unknown {
  return new Standard(secret).verify(body, headers as Record<string, string>)
}

describe('a webhook', () => {
  it('gets what its filters ask for, in order, signed as Standard Webhooks has it', async () => {
    const receiver = await startReceiver()
    const { secret } = await make({ url: receiver.url, types: ['tenant.created'], label_selector: 'tier=pro' })
    const names = [await createTenant({ tier: 'pro' }), await createTenant(), await createTenant({ tier: 'pro' })]
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    const payloads = receiver.received.map((delivery) => verify(delivery, secret)) as { tenant_name: string }[]
    expect(payloads.map((payload) => payload.tenant_name)).toEqual([names[0], names[2]])
    const { events } = (await test.client.listTenantEvents({ params: { tenant: names[2] ?? '' } })).body
    expect(payloads[1]).toEqual({ ...events[0], timestamp: events[0]?.created_at })
    expect(() => verify(receiver.received[0] as ReceivedDelivery, 'whsec_AAAA')).toThrow('No matching signature')
  })

  it('is signed with the old secret, too, for a while after the secret was changed', async () => {
    const receiver = await startReceiver()
    const webhook = await make({ url: receiver.url, types: ['webhook.disabled'] })
    const params = { id: webhook.id }
    const { body: rotated } = await test.client.rotateWebhookSecret({ params, body: { keep_previous_seconds: 60 } })
    expect(rotated.secret).not.toBe(webhook.secret)
    await send(webhook)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENCE)
    for (const secret of [webhook.secret, rotated.secret]) verify(receiver.received[0] as ReceivedDelivery, secret)
    offsetMs += 61_000
    await send(webhook)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    const last = receiver.received[1] as ReceivedDelivery
    const signedAt = Number(last.headers['webhook-timestamp'])
    vi.setSystemTime(signedAt * 1000)
    onTestFinished(() => void vi.useRealTimers())
    verify(last, rotated.secret)
    expect(() => verify(last, webhook.secret)).toThrow('No matching signature')
  })

  it('shows its secret once, and in no event', async () => {
    const { id, secret } = await make({ url: 'https://example.com/hooks?key=hidden' })
    const answers = [
      (await test.client.getWebhook({ params: { id } })).body,
      (await test.client.listWebhooks()).body,
      (await test.client.listEvents({ query: { types: 'webhook.*', limit: 500 } })).body,
    ]
    expect(JSON.stringify(answers)).not.toContain(secret)
    expect(JSON.stringify(answers[2])).not.toContain('hidden')
    expect(JSON.stringify(answers[2])).toContain('https://example.com/hooks')
  })

  it('is made once by requests with the same idempotency key', async () => {
    const body = { url: 'https://example.com/', types: ['tenant.*'] }
    const headers = { 'idempotency-key': 'hook-1' }
    const [first, second] = [
      await test.client.createWebhook({ body, headers }),
      await test.client.createWebhook({ body, headers }),
    ]
    expect(second.body).toEqual(first.body)
    await test.client.deleteWebhook({ params: { id: first.body.id } })
    expect((await problemOf(test.client.getWebhook({ params: { id: first.body.id } }))).status).toBe(404)
  })

  it.each([
    [{ url: 'http://example.com/' }, undefined],
    [{ url: 'https://169.254.169.254/latest/meta-data' }, 'no public address'],
    [{ url: 'https://user:pw@example.com/' }, 'no password'],
    [{ url: 'https://example.com/', types: ['tenant.redy'] }, 'tenant.ready'],
    [{ url: 'https://example.com/', label_selector: 'a b' }, '/label_selector'],
  ])('cannot be %j', async (body, words) => {
    if (words === undefined) return void (await make(body))
    const problem = await problemOf(test.client.createWebhook({ body }))
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining(words) })
    expect(problem.detail).not.toContain('pw')
  })
})

describe('a delivery', () => {
  it('is tried again under the same id until the endpoint takes it', async () => {
    const receiver = await startReceiver({ status: 500, body: `oops ${'x'.repeat(5000)}` })
    const webhook = await make({ url: receiver.url })
    const first = await settled(webhook, await send(webhook))
    expect(first).toMatchObject({ state: 'pending', attempts: [{ status_code: 500, error: 'answered 500' }] })
    expect(first.attempts[0]?.response).toMatch(/^oops x+$/)
    expect(first.attempts[0]?.response).toHaveLength(1024)
    expect((await test.client.getWebhook({ params: { id: webhook.id } })).body).toMatchObject({
      pending: 1,
      last_error: 'answered 500',
      failing_since: expect.any(String),
    })
    receiver.reaction = { status: 200 }
    await pass(7_000)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([first.id]))
    await vi.waitFor(async () => {
      const { body } = await test.client.getWebhook({ params: { id: webhook.id } })
      expect(body).toMatchObject({ pending: 0 })
      expect(body.last_error).toBeUndefined()
    }, PATIENCE)
    const { body: list } = await test.client.listDeliveries({
      params: { id: webhook.id },
      query: { state: 'succeeded' },
    })
    expect(list.deliveries).toMatchObject([{ id: first.id, attempt_count: 2, event_type: 'webhook.test' }])
  })

  it.each([
    ['answers too late', 'silence', 'no answer within 1 s'],
    [
      'leads elsewhere',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      'redirects are not followed',
    ],
  ] as const)('fails where the endpoint %s', async (_, reaction, error) => {
    const receiver = await startReceiver(reaction)
    const webhook = await make({ url: receiver.url })
    const { attempts } = await settled(webhook, await send(webhook))
    expect(attempts[0]?.error).toContain(error)
    expect(receiver.received).toHaveLength(1)
  })

  it.each([
    ['nobody listens', 'http://127.0.0.1:1/', 'ECONNREFUSED'],
    ['the name leads into a private network', 'http://[::1]:1/', 'no public address'],
  ])('fails where %s', async (_, url, error) => {
    const isRefused = url.includes('::1')
    if (isRefused)
      return void expect(await problemOf(test.client.createWebhook({ body: { url } }))).toMatchObject({
        detail: expect.stringContaining(error),
      })
    const webhook = await make({ url })
    expect((await settled(webhook, await send(webhook))).attempts[0]?.error).toContain(error)
  })

  it('can be made once more, under the same id', async () => {
    const receiver = await startReceiver()
    const webhook = await make({ url: receiver.url })
    const { id: delivery } = await settled(webhook, await send(webhook))
    const { body } = await test.client.redeliver({ params: { id: webhook.id, delivery } })
    expect(body).toMatchObject({ id: delivery, state: 'pending' })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    expect(receiver.received[1]?.headers['webhook-id']).toBe(delivery)
    const unknown = { id: webhook.id, delivery: 'nobody' }
    expect((await problemOf(test.client.redeliver({ params: unknown }))).status).toBe(404)
  })

  it('does not wait for a slow endpoint of another webhook', async () => {
    const [slow, quick] = [await startReceiver('silence'), await startReceiver()]
    await make({ url: slow.url, types: ['tenant.created'] })
    await make({ url: quick.url, types: ['tenant.created'] })
    await createTenant()
    await vi.waitFor(() => expect(slow.received).toHaveLength(1), PATIENCE)
    for (let count = 0; count < 3; count += 1) await createTenant()
    await vi.waitFor(() => expect(quick.received).toHaveLength(4), { timeout: 900 })
    expect(slow.received).toHaveLength(1)
  })
})

describe('an endpoint that is no more', () => {
  it('is left alone when it says so, until somebody enables the webhook', async () => {
    const receiver = await startReceiver({ status: 410 })
    const webhook = await make({ url: receiver.url, types: ['tenant.created'] })
    const params = { id: webhook.id }
    await createTenant()
    await vi.waitFor(async () => {
      const { body } = await test.client.getWebhook({ params })
      expect(body).toMatchObject({ enabled: false, disabled_reason: 'gone', pending: 0 })
    }, PATIENCE)
    const { events } = (await test.client.listEvents({ query: { types: 'webhook.disabled', limit: 1 } })).body
    expect(events).toMatchObject([{ principal: 'worker', data: { webhook_id: webhook.id, reason: 'gone' } }])
    expect(await problemOf(test.client.testWebhook({ params }))).toMatchObject({ status: 409, code: 'conflict' })
    await createTenant()
    receiver.reaction = { status: 200 }
    await test.client.patchWebhook({ params, body: { enabled: true } })
    const name = await createTenant()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    expect(receiver.received[1]?.body).toContain(name)
  })

  it('is given up after days of nothing but failures', async () => {
    const receiver = await startReceiver({ status: 503 })
    const webhook = await make({ url: receiver.url })
    const delivery = await settled(webhook, await send(webhook))
    // The last attempt of the first delivery comes when its three days are over, that of another one when five are.
    await pass(3 * DAY_MS)
    await vi.waitFor(async () => {
      const { body } = await test.client.getDelivery({ params: { id: webhook.id, delivery: delivery.id } })
      expect(body).toMatchObject({ state: 'failed', attempt_count: 2 })
    }, PATIENCE)
    offsetMs += 2 * DAY_MS
    await send(webhook)
    await vi.waitFor(async () => {
      const { body } = await test.client.getWebhook({ params: { id: webhook.id } })
      expect(body).toMatchObject({ enabled: false, disabled_reason: 'failing', last_error: 'answered 503' })
    }, PATIENCE)
  })
})

describe('several servers', () => {
  it('deliver each event once', async () => {
    const receiver = await startReceiver()
    const other = await test.another()
    onTestFinished(() => other.server.close())
    await make({ url: receiver.url, types: ['tenant.created'] })
    const creating = Array.from({ length: 30 }, async (_, index) => {
      const { client } = index % 2 === 0 ? test : other
      await client.createTenant({ body: { name: `both-${index}` } })
    })
    await Promise.all(creating)
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(30), PATIENCE)
    await createTenant()
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(31), PATIENCE)
    const names = receiver.received.map(({ body }) => (JSON.parse(body) as { tenant_name: string }).tenant_name)
    expect(names).toHaveLength(31)
    expect(new Set(names).size).toBe(31)
  })

  it('send again, under the same id, what one was killed over before it noted that it was delivered', async () => {
    const receiver = await startReceiver('silence')
    const program = fileURLToPath(new URL('../../test/crash-child.ts', import.meta.url))
    const settings = { ...SETTINGS, 'webhooks.timeout_seconds': 60 }
    const database = await createTestDatabase()
    const args = ['--conditions=@landlord/source', program, database.url, database.folder, JSON.stringify(settings)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const client = createClient({ baseUrl: url })
    const { body: webhook } = await client.createWebhook({ body: { url: receiver.url, types: ['tenant.created'] } })
    await client.createTenant({ body: { name: 'acme' } })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENCE)
    child.kill('SIGKILL')
    await once(child, 'exit')
    receiver.reaction = { status: 200 }
    // Its lease is over.
    const later = await startTestServer({ database, settings: SETTINGS, now: () => new Date(Date.now() + 121_000) })
    onTestFinished(() => later.close())
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE)
    expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id'])
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
    const { body } = await later.client.listDeliveries({ params: { id: webhook.id } })
    expect(body.deliveries).toHaveLength(1)
  })
})
