import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer, testSettings } from '../test/start-test-server.ts'
import { ServerSettingsError } from './server-settings-error.ts'
import { startServer } from './start-server.ts'

let test: TestServer | undefined
afterEach(async () => {
  await test?.close()
  test = undefined
})

const NEEDED = {
  'database.url': 'sqlite:/nowhere/at/all/landlord.db',
  'workflow.ingress_url': 'http://127.0.0.1:1',
}

describe('startServer', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3', 'example.com'])(
    'refuses to listen on %s without access control',
    async (host) => {
      const starting = startServer(testSettings({ ...NEEDED, 'server.host': host }))
      await expect(starting).rejects.toThrow(/server\.host.*loopback only/)
      await expect(starting).rejects.toBeInstanceOf(ServerSettingsError)
    },
  )

  it.each(['::1', 'localhost', '127.0.0.2'])('listens on %s', async (host) => {
    test = await startTestServer({ settings: { 'server.host': host } })
    expect((await test.client.getHealth()).status).toBe(200)
  })

  it('names every setting that is missing', async () => {
    await expect(startServer(testSettings({ 'worker.token': undefined }))).rejects.toMatchObject({
      keys: ['database.url', 'workflow.ingress_url', 'worker.token'],
      message: expect.stringContaining('database.url, workflow.ingress_url, worker.token'),
    })
  })

  it('lets go of the database when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(startTestServer({ settings: { 'server.port': port } })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    other.close()
  })

  it('finishes requests and delivers triggers before it closes', async () => {
    test = await startTestServer()
    const { client, engine, server } = test
    const creates = Array.from({ length: 20 }, (_, index) => client.createTenant({ body: { name: `t${index}` } }))
    await creates[0]
    const closing = server.close()
    const statuses = (await Promise.allSettled(creates)).map((one) =>
      one.status === 'fulfilled' ? one.value.status : 0,
    )
    await closing
    const accepted = statuses.filter((status) => status === 201).length
    expect(accepted).toBeGreaterThan(0)
    expect(engine.sends.length).toBeGreaterThan(0)
    const again = await test.restart()
    expect((await again.client.listTenants()).body.total).toBe(accepted)
    await vi.waitFor(() => expect(new Set(engine.sends.map((send) => send.path)).size).toBe(accepted))
    await again.server.close()
  })

  it('closes once, however often it is asked', async () => {
    test = await startTestServer()
    await Promise.all([test.server.close(), test.server.close()])
    await expect(test.client.getHealth()).rejects.toThrow('no answer')
  })
})
