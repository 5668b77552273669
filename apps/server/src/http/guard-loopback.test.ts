import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
  await test.client.createTenant({ body: { name: 'acme' } })
})
afterAll(() => test.close())

// `fetch` does not let a Host header be set.
function status(headers: Record<string, string>, method = 'GET', path = '/v1/tenants'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(test.url + path, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    call.end()
  })
}

describe('a server without access control', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST'])(
    'answers %s',
    async (host) => {
      expect(await status({ host })).toBe(200)
    },
  )

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8080', '10.0.0.1', '[::2]'])(
    'refuses the host %j, as after a DNS rebinding',
    async (host) => {
      expect(await status({ host })).toBe(403)
    },
  )

  it('refuses writes from pages of other origins, and only those', async () => {
    const host = new URL(test.url).host
    const archive = '/v1/tenants/acme/archive'
    for (const origin of ['http://evil.example', 'null', 'http://localhost:1']) {
      expect(await status({ host, origin }, 'POST', archive)).toBe(403)
      expect(await status({ host, origin }, 'GET')).toBe(200)
    }
    expect((await test.client.getTenant({ params: { tenant: 'acme' } })).body.status).toBe('requested')
    expect(await status({ host, origin: `http://${host}` }, 'POST', archive)).toBe(202)
  })
})
