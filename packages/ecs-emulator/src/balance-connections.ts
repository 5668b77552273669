import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TargetRecord } from './load-balancing-records.ts'
import { hostOf } from './target-health.ts'

/** How long a target may take to accept a connection before the next one is tried. */
const CONNECT_TIMEOUT_MS = 2000
const UNAVAILABLE = 'HTTP/1.1 503 Service Temporarily Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'

interface BalancingParts {
  readonly protocol: string
  /** Whom to try for a new connection, in that order. */
  readonly targets: () => readonly TargetRecord[]
  /** Gets every connection while it is open, so that all can be ended. */
  readonly sockets: Set<Socket>
}

/**
 * Passes each connection on to the first target that accepts it; it stays there until one side ends it. Without a target an HTTP
 * client hears 503 and any other one is cut off. The caller listens.
 */
export function balanceConnections({ protocol, targets, sockets }: BalancingParts): Server {
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const serve = async (client: Socket): Promise<void> => {
    for (const target of targets()) {
      const upstream = await connectTo(target)
      if (upstream === undefined) continue
      track(upstream)
      join(client, upstream)
      return
    }
    if (protocol !== 'HTTP') client.destroy()
    else client.once('data', () => client.end(UNAVAILABLE))
  }
  return createServer({ allowHalfOpen: true }, (client) => {
    track(client)
    client.pause()
    serve(client)
      .catch(() => client.destroy())
      .finally(() => client.resume())
  })
}

function connectTo(target: TargetRecord): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostOf(target), port: target.port, allowHalfOpen: true })
    const fail = (): void => {
      socket.destroy()
      resolve(undefined)
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, fail)
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

/** What one side sends or ends, the other one gets; when one breaks, so does the other. */
function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream)
  upstream.pipe(client)
  client.once('close', () => upstream.destroy())
  upstream.once('close', () => client.destroySoon())
  // The client may have gone while the target was looked for.
  if (client.destroyed) upstream.destroy()
}
