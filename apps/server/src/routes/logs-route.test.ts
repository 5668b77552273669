import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createStreams,
  isSignedForWorker,
  type LogLine,
  WORKER_SIGNATURE_HEADER,
  type WorkerLogItem,
} from '@landlord/api-contract'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const TOKEN = 'worker-token-of-the-test'
const line = (text: string, timestamp = '2026-11-26T12:00:00.000Z'): LogLine => ({
  timestamp,
  stream: 'stdout',
  container: 'c',
  text,
})
const said = (...items: WorkerLogItem[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')
const failure = (code: string) => ({ error: { code, message: 'so it is', retryable: false, instance_usable: false } })

let test: TestServer
const params = { tenant: 'acme' }
/** What the worker does with a request for logs. */
let answer: (response: ServerResponse, path: URL) => void
let isGone = false

const worker = createServer(async (request: IncomingMessage, response) => {
  const path = request.url ?? ''
  const header = request.headers[WORKER_SIGNATURE_HEADER]
  const isSigned = await isSignedForWorker(String(header), { token: TOKEN, path, now: new Date() })
  if (!isSigned) return void response.writeHead(401).end()
  response.once('close', () => {
    isGone = true
  })
  response.writeHead(200)
  answer(response, new URL(path, 'http://worker'))
})

beforeAll(async () => {
  await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve))
  const mute = (installation: string) => {
    const mock = createMockProvider({ installation, name: 'mute' })
    return { ...mock, capabilities: { ...mock.capabilities, logs: false } }
  }
  test = await startTestServer({
    providers: [(installation) => createMockProvider({ installation }), mute],
    settings: { 'server.max_streams': 2 },
  })
  await test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } })
  await test.client.createTenant({ body: { name: 'quiet', compute_provider: 'mute' } })
})
afterAll(async () => {
  worker.close()
  worker.closeAllConnections()
  await test.close()
})

async function announce(url: string, providers = ['mock']): Promise<void> {
  const time = new Date().toISOString()
  const body = { version: '1', node_version: 'v24', url, providers, registered: true, started_at: time, time }
  await test.worker.reportWorker({ params: { id: url }, body })
}

it('says what to do where no worker answers, and where the provider cannot', async () => {
  const nobody = await problemOf(test.client.getTenantLogs({ params }))
  expect(nobody).toMatchObject({ status: 503, detail: expect.stringContaining('no worker is there; start one') })
  await announce('http://127.0.0.1:9')
  await announce('http://127.0.0.1:10', ['docker'])
  const silent = await problemOf(test.client.getTenantLogs({ params }))
  expect(silent.detail).toContain('no worker answers at http://127.0.0.1:9;')
  const mute = await problemOf(test.client.getTenantLogs({ params: { tenant: 'quiet' } }))
  expect(mute).toMatchObject({ status: 409, detail: expect.stringContaining('"mute", which cannot read logs') })
  expect((await problemOf(test.client.getTenantLogs({ params: { tenant: 'nobody' } }))).status).toBe(404)
})

it('gives what a worker reads, from the first one that answers', async () => {
  await announce(`http://127.0.0.1:${(worker.address() as AddressInfo).port}`)
  let asked: URL | undefined
  answer = (response, path) => {
    asked = path
    // In pieces that are none.
    const text = said({ line: line('grüß') }, { line: line('two') })
    const bytes = Buffer.from(`\n${text}`)
    response.write(bytes.subarray(0, 70))
    response.end(bytes.subarray(70))
  }
  const { body } = await test.client.getTenantLogs({ params })
  expect(body).toEqual({ lines: [line('grüß'), line('two')] })
  expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({ follow: 'false', tail: '100' })
  await test.client.getTenantLogs({ params, query: { since: '2026-01-01T00:00:00Z' } })
  expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({ follow: 'false', since: '2026-01-01T00:00:00Z' })
})

it.each([
  ['tenant_not_found', 404, 'has no compute: so it is'],
  ['capability_unsupported', 409, 'so it is'],
  ['access_denied', 503, 'cannot be read (access_denied)'],
])('answers %s with %i, followed or not', async (code, status, words) => {
  answer = (response) => void response.end(said(failure(code)))
  const expected = { status, detail: expect.stringContaining(words) }
  expect(await problemOf(test.client.getTenantLogs({ params }))).toMatchObject(expected)
  const response = await fetch(`${test.url}/v1/tenants/acme/logs?follow=true`)
  expect(await response.json()).toMatchObject(expected)
})

function follow(lastEventId?: string) {
  const lines: string[] = []
  const ids: string[] = []
  let hasEnded = false
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const stream = createStreams({ baseUrl: test.url }).getTenantLogs({
    params,
    query: { follow: true, tail: 5 },
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: controller.signal,
    onId: (id) => void ids.push(id),
    onEnd: () => {
      hasEnded = true
    },
  })
  const over = (async () => {
    for await (const { text } of stream) lines.push(text)
  })()
  over.catch(() => {})
  return { lines, ids, over, controller, hasEnded: () => hasEnded }
}

it('follows as a stream, to the end of the output, and goes on after the last line that was seen', async () => {
  let asked: URL | undefined
  answer = (response, path) => {
    asked = path
    response.end(
      said({ line: line('one', '2026-11-26T12:00:00.000Z') }, { line: line('two', '2026-11-26T12:00:01.000Z') }),
    )
  }
  const first = follow()
  await first.over
  expect(first).toMatchObject({ lines: ['one', 'two'], ids: ['2026-11-26T12:00:00.000Z', '2026-11-26T12:00:01.000Z'] })
  expect(first.hasEnded()).toBe(true)
  expect(asked?.search).toBe('?follow=true&tail=5')
  await follow(first.ids[1]).over
  expect(asked?.search).toBe('?follow=true&since=2026-11-26T12%3A00%3A01.000Z')
})

it('ends in order when the server stops, so that followers go on at another one', async () => {
  const other = await test.another()
  answer = (response) => void response.write(said({ line: line('one') }))
  const response = await fetch(`${other.url}/v1/tenants/acme/logs?follow=true`)
  const text = response.text()
  await vi.waitFor(async () => expect(await (await fetch(`${other.url}/metrics`)).text()).toContain('streams_open 1'))
  await other.server.close()
  expect(await text).toContain('"text":"one"')
  expect(await text).not.toContain('event: end')
})

it('tells of a failure that comes later, and lets the worker go when the client does', async () => {
  answer = (response) => {
    response.write(said({ line: line('one') }))
    setTimeout(() => response.end(said(failure('unavailable'))), 1_200)
  }
  const failing = follow()
  await expect(failing.over).rejects.toMatchObject({ code: 'unavailable' })
  expect(failing.lines).toEqual(['one'])
  answer = (response) => void response.write(said({ line: line('one') }))
  const leaving = follow()
  await vi.waitFor(() => expect(leaving.lines).toEqual(['one']))
  isGone = false
  leaving.controller.abort()
  await vi.waitFor(() => expect(isGone).toBe(true), { timeout: 5_000 })
})

it('gives no more than one answer holds, and says that there was more', async () => {
  answer = (response) => void response.end(said({ line: line('x') }).repeat(10_001))
  const { body } = await test.client.getTenantLogs({ params, query: { tail: 10_000 } })
  expect(body.truncated).toBe(true)
  expect(body.lines).toHaveLength(10_000)
})

it('counts what is being read for an answer, followed or not', async () => {
  const open = async (count: number) =>
    await vi.waitFor(async () =>
      expect(await (await fetch(`${test.url}/metrics`)).text()).toContain(`landlord_streams_open ${count}\n`),
    )
  await open(0)
  const pending: ServerResponse[] = []
  answer = (response) => {
    response.write('\n')
    pending.push(response)
  }
  const reads = [test.client.getTenantLogs({ params }), test.client.getTenantLogs({ params })]
  await vi.waitFor(() => expect(pending).toHaveLength(2))
  const refused = await problemOf(test.client.getTenantLogs({ params }))
  expect(refused).toMatchObject({ status: 503, detail: expect.stringContaining('server.max_streams') })
  for (const response of pending) response.end(said({ line: line('one') }))
  for (const { body } of await Promise.all(reads)) expect(body.lines).toHaveLength(1)
  await open(0)
})
