import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A piece of network between a store and its database, on loopback. */
export interface DatabaseNetwork {
  /** The database's, through it. */
  readonly url: string
  /** From now on connections end as soon as they are made, as with a database that restarts; or get through again. */
  setUp(isUp: boolean): void
  /** What is connected now hears nothing any more, and is not told so. */
  stall(): void
  close(): void
}

export async function startDatabaseNetwork(databaseUrl: string): Promise<DatabaseNetwork> {
  const url = new URL(databaseUrl)
  const { hostname, port } = url
  const sockets: Socket[] = []
  let isUp = true
  const network = createServer((near) => {
    if (!isUp) return near.destroy()
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) socket.on('error', () => {})
    near.pipe(far).pipe(near)
    sockets.push(near, far)
  }).listen(0, '127.0.0.1')
  await once(network, 'listening')
  url.host = `127.0.0.1:${(network.address() as AddressInfo).port}`
  return {
    url: url.href,
    setUp: (next) => {
      isUp = next
    },
    stall() {
      for (const socket of sockets) socket.unpipe()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      network.close()
    },
  }
}
