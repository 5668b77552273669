import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** `refuse`: nobody listens. `cut`: what is open breaks off, new connections too. `stall`: nothing gets through, nothing is said. */
export type NetworkFault = 'none' | 'refuse' | 'cut' | 'stall' | 'slow'

/** A piece of network between two processes, which can be broken. */
export interface FaultProxy {
  readonly port: number
  readonly url: string
  setFault(fault: NetworkFault): void
  close(): Promise<void>
}

const SLOW_MS = 200

/** Passes connections on loopback on to `targetPort`. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let fault: NetworkFault = 'none'
  const server = createServer((near) => {
    if (fault === 'refuse' || fault === 'cut') return near.resetAndDestroy()
    const far = connect(targetPort, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    forward(near, far)
    forward(far, near)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    if (fault === 'stall') stall(pair)
  })
  await listening(server)
  const { port } = server.address() as AddressInfo

  function forward(from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (fault === 'slow') setTimeout(() => to.writable && to.write(chunk), SLOW_MS)
      else if (to.writable && !to.write(chunk)) {
        from.pause()
        to.once('drain', () => fault !== 'stall' && from.resume())
      }
    })
    from.on('end', () => to.end())
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    setFault(next) {
      fault = next
      for (const pair of pairs) {
        if (next === 'cut' || next === 'refuse') for (const socket of pair) socket.resetAndDestroy()
        else if (next === 'stall') stall(pair)
        else for (const socket of pair) socket.resume()
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const pair of pairs) for (const socket of pair) socket.destroy()
      }),
  }
}

function stall(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.pause()
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}
