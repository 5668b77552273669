import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where the server leads: the endpoint of webhooks, and a worker's door for logs. */
export interface FuzzedTargets {
  readonly url: string
  close(): Promise<void>
}

const STATUSES = [200, 204, 500, 202, 302, 429, 200, 503, 404, 200, 410]
const LINE = { timestamp: '2026-11-26T12:00:00.000Z', stream: 'stdout', container: 'c', text: 'hello' }
const FAILURE = { code: 'throttled', message: 'slow down', retryable: true, instance_usable: true }

/** Answers deliveries with one status after the other, and tells logs that end, fail, or never end. */
export async function startFuzzedTargets(): Promise<FuzzedTargets> {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    request.resume()
    if (request.method === 'GET') return tellLogs(response, count, request.url?.includes('follow=true') === true)
    response.writeHead(STATUSES[count % STATUSES.length] ?? 200, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tellLogs(response: ServerResponse, count: number, follow: boolean): void {
  if (count % 9 === 0) return void response.writeHead(500).end()
  response.writeHead(200)
  if (count % 7 === 0) return void response.end(`${JSON.stringify({ error: FAILURE })}\n`)
  response.write(`${JSON.stringify({ line: LINE })}\n`)
  // Whoever follows is the one to end it.
  if (!follow || count % 2 === 0) response.end()
}
