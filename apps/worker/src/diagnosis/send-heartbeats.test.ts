import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWorkerClient, type WorkerHeartbeat } from '@landlord/api-contract'
import { silentLogger } from '@landlord/compute-core'
import { expect, it, onTestFinished } from 'vitest'
import { sendHeartbeats } from './send-heartbeats.ts'

/** Knows nothing of heartbeats at first, like a server of the version before. */
async function startServer() {
  const received: { path: string | undefined; body: WorkerHeartbeat }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    received.push({ path: request.url, body: JSON.parse(text) })
    const [status, answer] =
      received.length === 1
        ? [404, { code: 'not_found', detail: 'what?', status: 404 }]
        : [200, { next_in_seconds: 15 }]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('tells of the worker at once and when something changes, until it is stopped', async () => {
  const { received, url } = await startServer()
  const facts = { version: '1.0.0', node_version: 'v24.0.0', url: 'http://127.0.0.1:1', providers: ['mock'] }
  let registered = false
  const heartbeats = sendHeartbeats({
    client: createWorkerClient({ baseUrl: url }),
    facts: () => ({ ...facts, registered }),
    now: () => new Date('2026-01-01T00:00:00.000Z'),
    logger: silentLogger,
  })
  await expect.poll(() => received.length).toBe(1)
  registered = true
  // A beat that comes while one is under way may be that one.
  await expect
    .poll(() => {
      heartbeats.beat()
      return received.at(-1)?.body.registered
    })
    .toBe(true)
  await heartbeats.stop()
  const count = received.length
  heartbeats.beat()
  expect(received.length).toBe(count)
  expect(new Set(received.map(({ path }) => path)).size).toBe(1)
  expect(received.at(-1)?.body).toEqual({
    ...facts,
    registered: true,
    started_at: '2026-01-01T00:00:00.000Z',
    time: '2026-01-01T00:00:00.000Z',
  })
})
