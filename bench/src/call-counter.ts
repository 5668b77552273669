import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

export interface CallCounter {
  readonly url: string
  /** Calls of AWS by operation since this was last asked. */
  take(): Record<string, number>
  close(): void
}

/** Stands between an SDK and the emulator, and counts: the emulator's own counters are about ECS only. */
export async function startCallCounter(target: string): Promise<CallCounter> {
  let counts: Record<string, number> = {}
  const server = createServer((incoming, answer) => {
    const operation = String(incoming.headers['x-amz-target'] ?? incoming.url)
      .split('.')
      .at(-1)
    counts[operation ?? ''] = (counts[operation ?? ''] ?? 0) + 1
    const { method, url, headers } = incoming
    const outgoing = request(new URL(url ?? '/', target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      pipeline(response, answer, () => {})
    })
    pipeline(incoming, outgoing, (error) => {
      if (error) answer.destroy(error)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = counts
      counts = {}
      return taken
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
