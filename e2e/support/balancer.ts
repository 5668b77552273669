import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A load balancer for TCP: one address for several processes. */
export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

/** Each connection goes to the next port of loopback; where nobody listens, to the one after that. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer((near) => {
    keep(near)
    turn += 1
    forward(near, turn, ports.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function forward(near: Socket, index: number, left: number): void {
    const far = connect(ports[index % ports.length] ?? 0, '127.0.0.1')
    far.once('connect', () => {
      keep(far)
      near.pipe(far).pipe(near)
      near.once('close', () => far.destroy())
      far.once('close', () => near.destroy())
    })
    far.once('error', () => {
      if (far.readyState !== 'open' && !sockets.has(far) && left > 1) forward(near, index + 1, left - 1)
      else near.destroy()
    })
  }

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
