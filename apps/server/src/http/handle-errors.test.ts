import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { PROBLEMS, type ProblemCode, routes } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.close())

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly type?: string
  readonly body?: string
}

async function send({ method = 'POST', path = '/v1/tenants', type = 'application/json', body }: Sent) {
  const response = await fetch(test.url + path, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
  })
  return { response, problem: (await response.json()) as Record<string, unknown> }
}

describe('a problem', () => {
  it.each<[string, Sent, ProblemCode, RegExp]>([
    ['broken JSON', { body: '{\n  "name": "a",\n}' }, 'invalid_request', /position 17 \(line 3 column 1\)/],
    ['JSON that ends too early', { body: '{"name": "a"' }, 'invalid_request', /not valid JSON/],
    ['a poisoned key', { body: '{"name":"a","__proto__":{"x":1}}' }, 'invalid_request', /__proto__/],
    ['no body', {}, 'invalid_request', /body is required/],
    ['an empty body', { body: '' }, 'invalid_request', /body is required/],
    ['a body that is no object', { body: '[]' }, 'invalid_request', /must be object/],
    ['a missing field', { body: '{}' }, 'invalid_request', /\/name: is required/],
    ['a bad name', { body: '{"name":"Acme"}' }, 'invalid_request', /\/name: must match/],
    ['an unknown field', { body: '{"name":"a","lables":{}}' }, 'invalid_request', /did you mean "labels"/],
    ['a bad label', { body: '{"name":"a","labels":{"a":"ä"}}' }, 'invalid_request', /\/labels\/a: must match/],
    [
      'a bad annotation key',
      { body: '{"name":"a","annotations":{"-a":"x"}}' },
      'invalid_request',
      /is not a valid key/,
    ],
    ['text', { body: 'hello', type: 'text/plain' }, 'unsupported_media_type', /content-type: application\/json/],
    ['a form', { body: 'a=b', type: 'application/x-www-form-urlencoded' }, 'unsupported_media_type', /must be JSON/],
    ['an unknown path', { method: 'GET', path: '/tenants' }, 'not_found', /did you mean \/v1\/tenants\?/],
    ['an unknown query', { method: 'GET', path: '/v1/tenants/x?a=b' }, 'invalid_request', /\?a: is not a known key/],
    ['a broken path', { method: 'GET', path: '/v1/tenants/%zz' }, 'invalid_request', /percent sign/],
    ['a long id', { method: 'GET', path: `/v1/tenants/${'x'.repeat(64)}` }, 'invalid_request', /63/],
    ['an endless id', { method: 'GET', path: `/v1/tenants/${'x'.repeat(300)}` }, 'not_found', /./],
    [
      'a patch of two types',
      { method: 'PATCH', path: '/v1/tenants/x', body: '{"labels":1}' },
      'invalid_request',
      /\/labels: must be object or null$/,
    ],
  ])('answers %s', async (_, sent, code, detail) => {
    const { response, problem } = await send(sent)
    expect(problem).toMatchObject({
      type: `/problems/${code}`,
      title: PROBLEMS[code].title,
      status: PROBLEMS[code].status,
      code,
      instance: (sent.path ?? '/v1/tenants').split('?')[0],
      request_id: response.headers.get('x-request-id'),
      error: problem.detail,
    })
    expect(problem.detail).toMatch(detail)
    expect(response.status).toBe(PROBLEMS[code].status)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })

  it('does not quote the body, which may hold a secret', async () => {
    const { problem } = await send({ body: '{"name":"a","password":"hunter2"x}' })
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  it('answers 405 with the methods that the path knows', async () => {
    for (const [method, path, allow] of [
      ['POST', '/v1/tenants/x', 'DELETE, GET, PATCH, PUT'],
      ['DELETE', '/v1/tenants', 'GET, POST'],
      ['GET', '/v1/tenants/x/archive', 'POST'],
      ['OPTIONS', '/v1/events', 'GET'],
    ] as const) {
      const { response, problem } = await send({ method, path })
      expect(problem.code).toBe('method_not_allowed')
      expect(response.headers.get('allow')).toBe(allow)
    }
  })

  it('answers a body of 5 MB cleanly and goes on serving the connection', async () => {
    const body = JSON.stringify({ name: 'a', annotations: { a: 'x'.repeat(5_000_000) } })
    for (let round = 0; round < 5; round += 1) {
      const { response, problem } = await send({ body })
      expect(response.status).toBe(413)
      expect(problem).toMatchObject({ code: 'payload_too_large', detail: expect.stringContaining('1 MiB') })
    }
    expect((await test.client.getHealth()).status).toBe(200)
  })

  it('reads the rest of a large body, so that a client which only writes first gets its answer', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const send = (body: string) =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
        const call = request(`${test.url}/v1/tenants`, { method: 'POST', agent, headers }, (response) => {
          const port = response.socket.localPort
          response.resume().on('end', () => resolve({ status: response.statusCode, port }))
        })
        call.on('error', reject)
        call.end(body)
      })
    const first = await send(JSON.stringify({ name: 'a', annotations: { a: 'x'.repeat(5_000_000) } }))
    const second = await send('{}')
    agent.destroy()
    expect([first.status, second.status]).toEqual([413, 400])
    expect(second.port).toBe(first.port)
  })

  it('answers a body of unknown length that grows too large', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 5; part += 1) controller.enqueue(new TextEncoder().encode('x'.repeat(1_000_000)))
        controller.close()
      },
    })
    const response = await fetch(`${test.url}/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
  })

  it('answers a body just below the limit by what is in it', async () => {
    const { problem } = await send({ body: JSON.stringify({ name: 'a', annotations: { a: 'x'.repeat(1_000_000) } }) })
    expect(problem).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('/annotations/a') })
  })

  it('answers what is no HTTP with a problem too', async () => {
    const { port } = new URL(test.url)
    const text = await new Promise<string>((resolve, reject) => {
      let answer = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
      socket.on('data', (chunk) => (answer += chunk))
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('application/problem+json')
    expect(text).toContain('"code":"invalid_request"')
  })

  it('of every route for a tenant that does not exist is a 404 with a hint', async () => {
    for (const route of Object.values(routes).filter(({ path }) => path.includes('{tenant}'))) {
      const body = route.method === 'PUT' || route.method === 'PATCH' ? '{}' : undefined
      const path = route.path.replace('{tenant}', 'nobody')
      const { problem } = await send({ method: route.method, path, ...(body === undefined ? {} : { body }) })
      expect(problem).toMatchObject({
        code: 'not_found',
        detail: expect.stringContaining('GET /v1/tenants lists them'),
      })
    }
  })
})
