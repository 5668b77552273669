import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readWorkerLogs } from './read-worker-logs.ts'

test('a worker that refuses is passed over, and breaks nothing', async () => {
  const worker = createServer((_request, response) => {
    response.writeHead(401).end()
  })
  await once(worker.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void worker.close())
  const url = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`
  const workers = { urls: [url], tokens: ['x'.repeat(40)], now: () => new Date() }
  const reading = readWorkerLogs(workers, { tenantId: 't', follow: false }, AbortSignal.timeout(5_000))
  await expect(reading).rejects.toThrow(/no worker answers at/)
  // By then an event that nobody hears would have failed this file.
  const closed = once(worker, 'close')
  worker.close()
  worker.closeAllConnections()
  await closed
})
