import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ReceivedDelivery {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Reaction =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'silence'

/** An endpoint of webhooks on loopback; gone with the test. */
export interface Receiver {
  readonly url: string
  readonly received: ReceivedDelivery[]
  /** What is answered from now on. */
  reaction: Reaction
}

export async function startReceiver(reaction: Reaction = { status: 204 }): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    receiver.received.push({ path: request.url ?? '', headers: request.headers, body })
    if (receiver.reaction === 'silence') return
    const { status, headers = {}, body: text = '' } = receiver.reaction
    response.writeHead(status, headers).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    reaction,
  }
  return receiver
}
