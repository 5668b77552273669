import type { Http2Server, ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'

export interface ServedEndpoint {
  readonly url: string
  /** No new connections and no new calls; what runs goes on. */
  refuseNew(): void
  /** Cuts what is left. */
  close(): Promise<void>
}

/** Listens; port 0 is a free one. Rejects when the address is taken. */
export async function serveEndpoint(
  server: Http2Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<ServedEndpoint> {
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    refuseNew() {
      server.close()
      // Tells the other side to open no more streams, and waits for those that are open.
      for (const session of sessions) session.close()
    },
    async close() {
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}
