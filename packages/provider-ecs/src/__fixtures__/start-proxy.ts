import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface RecordingProxy {
  readonly url: string
  /** Whose key each request was signed with. */
  readonly accessKeys: ReadonlySet<string>
}

/** Passes everything on, but for what `refuses` says is not allowed: that is answered as EC2 does without a permission. */
export async function startProxy(
  target: string,
  refuses: (body: string) => boolean = () => false,
): Promise<RecordingProxy> {
  const accessKeys = new Set<string>()
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming
    accessKeys.add(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? 'none')
    const body = await text(incoming)
    if (refuses(body)) {
      outgoing.writeHead(403, { 'content-type': 'text/xml' }).end(UNAUTHORIZED)
      return
    }
    const passed = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, accessKeys }
}

const UNAUTHORIZED =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>1</RequestID></Response>'
