import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'
import { createLogger } from '../create-logger.ts'

let test: TestServer
let lines: string[]

beforeEach(async () => {
  lines = []
  const logger = createLogger({ level: 'info', format: 'json' }, { write: (line) => lines.push(line) })
  test = await startTestServer({ logger, providers: [secretProvider] })
})
afterEach(() => test.close())

const requests = () =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line.msg === 'request')

describe('the log', () => {
  it('has one line for each request, with its id and its trace', async () => {
    await fetch(`${test.url}/v1/tenants?q=private`, {
      headers: { 'x-request-id': 'client-7', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    })
    await expect.poll(requests).toHaveLength(1)
    expect(requests()[0]).toMatchObject({
      level: 'info',
      request_id: 'client-7',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      method: 'GET',
      path: '/v1/tenants',
      status: 200,
      duration_ms: expect.any(Number),
    })
  })

  it('does not take over an id that is not sane', async () => {
    for (const id of ['a b', 'x'.repeat(129), '<script>', '{"a":1}']) {
      const response = await fetch(`${test.url}/v1/tenants`, { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  it('says nothing about the health', async () => {
    await test.client.getHealth()
    await test.client.getReadiness()
    await test.client.listTenants()
    await expect.poll(() => requests().map((line) => line.path)).toEqual(['/v1/tenants'])
  })

  it('holds no secret', async () => {
    const compute_config = { image: 'a', password: 'hunter2' }
    await test.client.createTenant({ body: { name: 'acme', compute_config } })
    await fetch(`${test.url}/v1/tenants`, {
      method: 'POST',
      body: '{"password":"hunter2"',
      headers: { 'content-type': 'application/json' },
    })
    await fetch(`${test.url}/internal/v1/installation`, { headers: { authorization: 'Bearer hunter2' } })
    await expect.poll(() => requests().length).toBe(3)
    expect(lines.join('')).not.toContain('hunter2')
  })

  it('of an unexpected failure has the reason, and the answer has none', async () => {
    await test.database.query('drop table operations')
    const response = await fetch(`${test.url}/v1/tenants`, {
      method: 'POST',
      body: '{"name":"acme","compute_config":{"image":"a"}}',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', request_id: response.headers.get('x-request-id') })
    expect(text).not.toMatch(/sqlite|postgres|operations|at .*\.ts/i)
    const failure = lines.map((line) => JSON.parse(line)).find((line) => line.msg === 'request failed')
    expect(failure).toMatchObject({ level: 'error', request_id: response.headers.get('x-request-id') })
    expect(JSON.stringify(failure)).toMatch(/no such table: operations|relation \\"operations\\" does not exist/)
  })
})

describe('the log for people', () => {
  it('is one line with the facts behind the message, and hides secrets too', () => {
    const out: string[] = []
    const logger = createLogger({ level: 'info', format: 'pretty' }, { write: (line) => out.push(line) })
    logger.info({ url: 'http://127.0.0.1:1', config: { password: 'hunter2' }, note: 'two words' }, 'server is up')
    expect(out).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} info {2}server is up url=http:\/\/127\.0\.0\.1:1 config=\[redacted\] note="two words"\n$/,
      ),
    ])
  })
})
