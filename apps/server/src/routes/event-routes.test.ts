import { createStreams, type Event, type EventsQuery } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startGuardedServer } from '../../test/start-guarded-server.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
/** Another server on the same database. */
let other: TestServer
const params = { tenant: 'acme' }

beforeAll(async () => {
  test = await startTestServer({ settings: { 'server.max_streams': 3 } })
  other = await test.another()
  await test.client.createTenant({ body: { name: 'acme', labels: { tier: 'pro' } } })
  await test.client.createTenant({ body: { name: 'other' } })
  for (const image of ['a', 'b', 'c']) {
    await test.client.patchTenant({ params, body: { compute_config: { image } } })
  }
})
afterAll(async () => {
  await other.server.close()
  await test.close()
})

async function annotate(server: TestServer, note: string): Promise<void> {
  await server.client.patchTenant({ params: { tenant: 'acme' }, body: { annotations: { note } } })
}

/** Reads a stream in the background; it ends with the test. */
function listen(server: TestServer, query: EventsQuery = {}, lastEventId?: string) {
  const events: Event[] = []
  const ids: string[] = []
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const stream = createStreams({ baseUrl: server.url }).listEvents({
    query,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: controller.signal,
    onId: (id) => void ids.push(id),
  })
  const ended = (async () => {
    for await (const event of stream) events.push(event)
  })()
  ended.catch(() => {})
  return {
    events,
    ids,
    ended,
    stop: () => controller.abort(),
    opened: () => vi.waitFor(() => expect(ids).not.toEqual([])),
  }
}

// A server looks for what others wrote once a second.
const PATIENCE = { timeout: 10_000 }
const idsOf = (events: readonly Event[]) => events.map(({ id }) => Number(id))

async function trail(): Promise<Event[]> {
  return (await test.client.listEvents({ query: { order: 'asc', limit: 500 } })).body.events
}

describe('the audit trail', () => {
  it('is listed by pages, of one tenant or of all', async () => {
    const types = async (order: 'asc' | 'desc') => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const query = { limit: 2, order, ...(cursor === undefined ? {} : { cursor }) }
        const { body } = await test.client.listTenantEvents({ params, query })
        found.push(...body.events.map((event) => event.type))
        cursor = body.next_cursor
      } while (cursor !== undefined)
      return found
    }
    const updated = ['tenant.updated', 'operation.superseded']
    const forward = await types('asc')
    expect([...forward].sort()).toEqual(['tenant.created', ...updated, ...updated, ...updated].sort())
    expect(forward[0]).toBe('tenant.created')
    expect(await types('desc')).toEqual(forward.toReversed())
    const all = (await test.client.listEvents({ query: { limit: 500 } })).body.events
    expect(all).toHaveLength(8)
    expect(idsOf(all)).toEqual(idsOf(all).sort((a, b) => b - a))
  })

  it('is narrowed by types and by the labels of then', async () => {
    const list = async (query: EventsQuery) => (await test.client.listEvents({ query })).body.events
    expect((await list({ types: 'tenant.updated,operation.*' })).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['tenant.updated', 'operation.superseded']),
    )
    expect(await list({ types: 'tenant.created' })).toHaveLength(2)
    const pro = await list({ label_selector: 'tier=pro', types: 'tenant.created' })
    expect(pro).toMatchObject([{ tenant_name: 'acme', tenant_labels: { tier: 'pro' }, tenant_status: 'requested' }])
    const ofOne = { types: 'tenant.created', label_selector: 'tier=pro' }
    const one = await test.client.listTenantEvents({ params, query: ofOne })
    expect(one.body.events).toMatchObject([{ tenant_name: 'acme', type: 'tenant.created' }])
    const unfit = { ...ofOne, label_selector: 'tier=free' }
    expect((await test.client.listTenantEvents({ params, query: unfit })).body.events).toEqual([])
    const [first] = await list({ since: '0', limit: 1 })
    expect(idsOf(await list({ since: first?.id ?? '', limit: 1 }))).toEqual([Number(first?.id) + 1])
    const { body } = await test.client.listEvents({ query: { types: 'tenant.created', limit: 1 } })
    expect(body).toMatchObject({ events: [{ tenant_name: 'other' }], next_cursor: expect.any(String) })
    const next = { types: 'tenant.created', limit: 1, cursor: body.next_cursor ?? '' }
    expect((await test.client.listEvents({ query: next })).body.events).toMatchObject([{ tenant_name: 'acme' }])
  })

  it('names the request behind each event', async () => {
    const response = await fetch(`${test.url}/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'deploy-42' },
      body: JSON.stringify({ name: 'traced' }),
    })
    expect(response.headers.get('x-request-id')).toBe('deploy-42')
    const [event] = (await test.client.listTenantEvents({ params: { tenant: 'traced' } })).body.events
    const expected = { type: 'tenant.created', request_id: 'deploy-42', principal: 'anonymous', generation: 1 }
    expect(event).toMatchObject(expected)
  })

  it.each([
    [{ cursor: 'x' }, 'cursor'],
    [{ cursor: Buffer.from('{"id":"x"}').toString('base64url') }, 'cursor'],
    [{ cursor: Buffer.from('{"id":"1"}').toString('base64url'), since: '1' }, 'since'],
    [{ types: 'tenant.redy' }, 'did you mean "tenant.ready"'],
    [{ types: 'tenant.ready,' }, 'is no type of event'],
    [{ label_selector: 'a b' }, 'label_selector'],
  ])('refuses %j', async (query, words) => {
    const problem = await problemOf(test.client.listEvents({ query }))
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining(words) })
  })

  it('is that of a known tenant only', async () => {
    expect((await problemOf(test.client.listTenantEvents({ params: { tenant: 'nobody' } }))).status).toBe(404)
  })
})

describe('a stream of events', () => {
  it('tells what is recorded from now on, whichever server records it', async () => {
    const { events, opened } = listen(other)
    await opened()
    await annotate(test, 'one')
    await annotate(other, 'two')
    await vi.waitFor(() => expect(events).toHaveLength(2), PATIENCE)
    expect(events).toEqual((await trail()).slice(-2))
  })

  it('goes on at another server, with nothing lost and nothing doubled', async () => {
    const before = (await trail()).length
    const dying = await test.another()
    const first = listen(dying, { since: '0' })
    await vi.waitFor(() => expect(first.events).toHaveLength(before), PATIENCE)
    for (let count = 0; count < 10; count += 1) await annotate(test, `before ${count}`)
    await vi.waitFor(() => expect(first.events.length).toBeGreaterThan(before), PATIENCE)
    await dying.server.close()
    // The server ends the stream; nothing breaks off.
    await first.ended
    for (let count = 0; count < 10; count += 1) await annotate(test, `between ${count}`)
    const second = listen(other, {}, first.ids.at(-1))
    await second.opened()
    await annotate(test, 'after')
    const all = idsOf(await trail())
    await vi.waitFor(() => expect(second.events.at(-1)?.id).toBe(String(all.at(-1))), PATIENCE)
    expect([...idsOf(first.events), ...idsOf(second.events)]).toEqual(all)
  })

  it('of one tenant, of some types or of some labels tells only those, and where to go on', async () => {
    const one = listen(test, { types: 'tenant.created' })
    await one.opened()
    await annotate(test, 'unheard')
    await test.client.createTenant({ body: { name: 'heard' } })
    await vi.waitFor(() => expect(one.events.map(({ tenant_name: name }) => name)).toEqual(['heard']), PATIENCE)
    const labelled = listen(test, { since: '0', label_selector: '!tier', types: 'tenant.created' })
    await vi.waitFor(() =>
      expect(labelled.events.map(({ tenant_name: name }) => name)).toEqual(['other', 'traced', 'heard']),
    )
    const only = await first(createStreams({ baseUrl: test.url }).listTenantEvents({ params, query: { since: '0' } }))
    expect(only).toMatchObject({ tenant_name: 'acme', type: 'tenant.created' })
    const headers = { 'last-event-id': only?.id ?? '' }
    const next = await first(createStreams({ baseUrl: test.url }).listTenantEvents({ params, headers }))
    expect(next).toMatchObject({ tenant_name: 'acme', type: 'operation.superseded' })
  })

  it('waits for a slow client and loses nothing of what came meanwhile', async () => {
    const controller = new AbortController()
    onTestFinished(() => controller.abort())
    const start = (await trail()).at(-1)?.id ?? ''
    const headers = { accept: 'text/event-stream', 'last-event-id': start }
    const response = await fetch(`${test.url}/v1/events`, { headers, signal: controller.signal })
    // More than the server keeps in memory, and more than fits between server and client.
    const text = 'x'.repeat(2000)
    await test.database.query(
      `with recursive counted (count) as (select 1 union all select count + 1 from counted where count < 3000)
       insert into events (type, tenant_id, tenant_name, principal, data, created_at)
       select 'tenant.reconcile_requested', 't', '${text}', 'p', '{"kind":"reconcile"}', '' from counted`,
    )
    await annotate(test, 'last')
    let received = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      received += chunk
      if (received.includes('tenant.annotations_changed')) break
    }
    const ids = [...received.matchAll(/^id: (\d+)\ndata/gm)].map(([, id]) => Number(id))
    expect(ids).toEqual(Array.from({ length: 3001 }, (_, index) => Number(start) + 1 + index))
  })

  it('refuses an id that is none, and one that this trail has not come to', async () => {
    const open = async (id: string) => {
      const headers = { accept: 'text/event-stream', 'last-event-id': id }
      const response = await fetch(`${test.url}/v1/events`, { headers })
      return (await response.json()) as { status: number; detail: string }
    }
    expect(await open('x')).toMatchObject({ status: 400, detail: expect.stringContaining('whole numbers') })
    expect(await open('999999999')).toMatchObject({ status: 400, detail: expect.stringContaining('was restored') })
  })

  it('is only for who asks for it, and not for too many at once', async () => {
    const head = await fetch(`${test.url}/v1/events`, { method: 'HEAD', headers: { accept: 'text/event-stream' } })
    expect(head.headers.get('content-type')).toContain('application/json')
    const both = await fetch(`${test.url}/v1/events`, { headers: { accept: 'application/json, text/event-stream' } })
    expect(both.headers.get('content-type')).toContain('application/json')
    await both.body?.cancel()
    const streams = [listen(test), listen(test), listen(test)]
    for (const { opened } of streams) await opened()
    const refused = await fetch(`${test.url}/v1/events`, { headers: { accept: 'text/event-stream' } })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('10')
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('server.max_streams') })
    for (const { stop } of streams) stop()
    await vi.waitFor(async () =>
      expect(await (await fetch(`${test.url}/metrics`)).text()).toContain('landlord_streams_open 0'),
    )
  })
})

async function first<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  for await (const item of items) return item
  return undefined
}

describe('a stream for who is limited to some tenants', () => {
  it('tells of those alone', async () => {
    const guarded = await startGuardedServer()
    onTestFinished(() => guarded.close())
    const [admin, limited] = [
      await guarded.makeToken('--scope', 'admin'),
      await guarded.makeToken('--scope', 'read', '--selector', 'tier=pro'),
    ]
    const controller = new AbortController()
    onTestFinished(() => controller.abort())
    const names: (string | undefined)[] = []
    let isOpen = false
    const { signal } = controller
    const onId = () => {
      isOpen = true
    }
    const stream = createStreams({ baseUrl: guarded.url, token: limited }).listEvents({ signal, onId })
    const reading = (async () => {
      for await (const { tenant_name: name } of stream) names.push(name)
    })()
    reading.catch(() => {})
    await vi.waitFor(() => expect(isOpen).toBe(true), PATIENCE)
    const client = guarded.as(admin)
    await client.createTenant({ body: { name: 'hidden' } })
    await client.createWebhook({ body: { url: 'https://example.com/' } })
    await client.createTenant({ body: { name: 'shown', labels: { tier: 'pro' } } })
    await vi.waitFor(() => expect(names).toEqual(['shown']), PATIENCE)
    expect((await problemOf(guarded.as(limited).listWebhooks())).status).toBe(403)
  })
})
