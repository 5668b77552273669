import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer, testSettings } from '../../test/start-test-server.ts'
import { startFailure } from '../start-failure.ts'
import { startServer } from '../start-server.ts'

let folder: string
let test: TestServer | undefined
const path = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-tls-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await test?.close()
  test = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function issue(name: string) {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { cert: made.cert, key: made.private }
}

type Certificate = Awaited<ReturnType<typeof issue>>

function write({ cert, key }: Certificate): void {
  writeFileSync(path('cert.pem'), cert)
  writeFileSync(path('key.pem'), key)
}

const files = () => ({ cert_file: path('cert.pem'), key_file: path('key.pem') })

/** Whom the server says to be, and with what it answers. */
function ask(url: string, options: RequestOptions = {}): Promise<{ name: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    // A connection of its own: an open one keeps the certificate that it began with.
    const agent = new Agent({ keepAlive: false })
    request(`${url}/health`, { agent, rejectUnauthorized: false, ...options }, (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().on('end', () => resolve({ name: String(subject.CN), headers: response.headers }))
    })
      .on('error', reject)
      .end()
  })
}

it('serves HTTPS, takes a renewed certificate without a restart, and keeps the old one when the new is broken', async () => {
  write(await issue('first'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  test = await startTestServer({ settings: { 'server.tls': files() } })
  const { url } = test
  expect(url).toMatch(/^https:/)
  const first = await ask(url)
  expect(first.name).toBe('first')
  expect(first.headers['strict-transport-security']).toMatch(/max-age/)

  write(await issue('second'))
  await vi.advanceTimersByTimeAsync(60_000)
  await vi.waitFor(async () => expect((await ask(url)).name).toBe('second'))
  writeFileSync(path('cert.pem'), 'half a certific')
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await ask(url)).name).toBe('second')
})

it('asks for a certificate of the client where the settings say so', async () => {
  write(await issue('server'))
  const client = await issue('client')
  const stranger = await issue('stranger')
  writeFileSync(path('clients.pem'), client.cert)
  test = await startTestServer({ settings: { 'server.tls': { ...files(), client_ca_file: path('clients.pem') } } })
  expect((await ask(test.url, client)).name).toBe('server')
  await expect(ask(test.url)).rejects.toThrow()
  await expect(ask(test.url, stranger)).rejects.toThrow()
})

it('does not start on files that cannot be used, and says which', async () => {
  write({ ...(await issue('one')), key: (await issue('other')).key })
  const start = (tls: object) =>
    startServer(
      testSettings({
        'database.url': `sqlite:${path('landlord.db')}`,
        'workflow.ingress_url': 'http://127.0.0.1:1',
        compute: { mock: {} },
        'server.tls': tls,
      }),
    ).catch((error: unknown) => startFailure(error))
  expect(await start(files())).toEqual({ exitCode: 78, text: expect.stringContaining('cert.pem') })
  expect(await start({ ...files(), key_file: path('none.pem') })).toEqual({
    exitCode: 78,
    text: expect.stringMatching(/server\.tls\.key_file.*none\.pem/),
  })
})
