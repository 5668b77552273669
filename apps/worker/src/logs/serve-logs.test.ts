import {
  createWorkerClient,
  signWorkerRequest,
  WORKER_SIGNATURE_HEADER,
  type WorkerLogItem,
} from '@landlord/api-contract'
import {
  type LogLine,
  ProviderRegistry,
  type ReadLogsOptions,
  silentLogger,
  TenantNotFoundError,
} from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type StubServer, startStubServer } from '../../test/stub-server.ts'
import { type ServedEndpoint, serveEndpoint } from '../engine/serve-endpoint.ts'
import { createLogsHandler } from './serve-logs.ts'

const TOKEN = 'the token of the worker'
const line = (text: string): LogLine => ({ stream: 'stdout', container: 'c', text })

let server: StubServer
let endpoint: ServedEndpoint
let readLogs: (options: ReadLogsOptions) => AsyncGenerator<LogLine>
let asked: ReadLogsOptions[]

beforeAll(async () => {
  server = await startStubServer()
  server.change('acme', 'provision')
  const mock = createMockProvider({ installation: 'test' })
  const provider = { ...mock, readLogs: (_: unknown, options: ReadLogsOptions) => readLogs(options) }
  const deps = {
    client: createWorkerClient({ baseUrl: server.url, token: server.token }),
    registry: new ProviderRegistry().register(provider),
    logger: silentLogger,
    now: () => new Date(),
  }
  endpoint = await serveEndpoint(
    (_: unknown, response: { end(text: string): unknown }) => response.end('for the engine'),
    { host: '127.0.0.1', port: 0, health: () => ({}), logs: createLogsHandler({ deps, token: TOKEN }) },
  )
})
afterAll(async () => {
  await endpoint.close()
  await server.close()
})
beforeEach(() => {
  asked = []
})

async function ask(path: string, tokens = [TOKEN], now = new Date(), signal?: AbortSignal) {
  const headers = { [WORKER_SIGNATURE_HEADER]: await signWorkerRequest(tokens, path, now) }
  return await fetch(endpoint.url + path, { headers, ...(signal === undefined ? {} : { signal }) })
}

async function itemsOf(response: Response): Promise<WorkerLogItem[]> {
  return (await response.text()).split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text) as WorkerLogItem]))
}

it('tells what the provider reads, to whoever knows the token', async () => {
  readLogs = async function* (options) {
    asked.push(options)
    yield line('one')
    yield line('x'.repeat(20_000))
  }
  const path = '/logs/acme?follow=false&tail=2&since=2026-01-01T00%3A00%3A00.000Z'
  const items = await itemsOf(await ask(path, ['a token of others', TOKEN]))
  expect(items).toEqual([{ line: line('one') }, { line: line('x'.repeat(16_384)) }])
  expect(asked[0]).toMatchObject({ follow: false, tail: 2, since: '2026-01-01T00:00:00.000Z' })
})

it('refuses who does not know it, and what was signed long ago or for another path', async () => {
  const path = '/logs/acme?follow=false'
  const old = new Date(Date.now() - 120_000)
  const other = await signWorkerRequest([TOKEN], '/logs/other?follow=false', new Date())
  const answers = [
    await fetch(endpoint.url + path),
    await ask(path, ['a token of others']),
    await ask(path, [TOKEN], old),
    await fetch(endpoint.url + path, { headers: { [WORKER_SIGNATURE_HEADER]: other } }),
    await fetch(endpoint.url + path, { headers: { [WORKER_SIGNATURE_HEADER]: 't=x;v1=zz' } }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
})

it('says why the provider cannot read them', async () => {
  // biome-ignore lint/correctness/useYield: it fails before the first line
  readLogs = async function* () {
    throw new TenantNotFoundError({ message: 'nothing is there' })
  }
  const [item] = await itemsOf(await ask('/logs/acme?follow=false'))
  expect(item).toMatchObject({ error: { code: 'tenant_not_found', message: 'nothing is there' } })
  expect(await itemsOf(await ask('/logs/nobody?follow=false'))).toMatchObject([{ error: { code: 'tenant_not_found' } }])
})

it('reads no more than is taken, and stops when the server goes', async () => {
  let count = 0
  let isAborted = false
  readLogs = async function* ({ signal }) {
    signal.addEventListener('abort', () => {
      isAborted = true
    })
    for (; !signal.aborted; count += 1) yield line('x'.repeat(10_000))
  }
  const gone = new AbortController()
  const response = await ask('/logs/acme?follow=true', [TOKEN], new Date(), gone.signal)
  const reader = response.body?.getReader()
  await reader?.read()
  // What fits between the two is read, and then nothing.
  let before = -1
  await vi.waitFor(
    () => {
      const isStill = count === before
      before = count
      expect(isStill).toBe(true)
    },
    { interval: 200, timeout: 10_000 },
  )
  expect(count).toBeLessThan(5_000)
  gone.abort()
  await vi.waitFor(() => expect(isAborted).toBe(true))
})
