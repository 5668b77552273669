import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { hasLoopbackAddresses } from './docker/loopback-address.ts'
import type { FrontEndContext, LoadBalancerFrontEnd } from './load-balancer-front-end.ts'
import type { ListenerRecord, TargetRecord } from './load-balancing-records.ts'
import { hostOf, targetHealth } from './target-health.ts'
import { TargetProber } from './target-prober.ts'

/** How long a target may take to accept a connection before the next one is tried. */
const CONNECT_TIMEOUT_MS = 2000
const SERVED = ['HTTP', 'TCP']
const UNAVAILABLE = 'HTTP/1.1 503 Service Temporarily Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'

interface OpenListener {
  readonly server: Server
  readonly loadBalancerArn: string
  failure?: string
}

/**
 * Load balancers that really serve, on loopback only: each has an address of its own (invented) and passes connections on to
 * healthy targets in turn. Connections that are open stay with their target, draining or not, until one side ends them.
 */
export function createLoadBalancerProxy({ simulation, changed }: FrontEndContext): LoadBalancerFrontEnd {
  const open = new Map<string, OpenListener>()
  const sockets = new Set<Socket>()
  const prober = new TargetProber({ simulation, changed })
  let turn = 0

  const healthyTargets = ({ targetGroupArns }: ListenerRecord): TargetRecord[] => {
    const { world, now } = simulation()
    const healthy = targetGroupArns.flatMap((arn) => {
      const group = world.targetGroups[arn]
      const targets = group?.targets ?? []
      return targets.filter((target) => group && targetHealth(world, group, target, now()).state === 'healthy')
    })
    turn += 1
    const start = healthy.length === 0 ? 0 : turn % healthy.length
    return [...healthy.slice(start), ...healthy.slice(0, start)]
  }

  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }

  const serve = async (client: Socket, listener: ListenerRecord): Promise<void> => {
    track(client)
    for (const target of healthyTargets(listener)) {
      const upstream = await connectTo(target)
      if (upstream === undefined) continue
      track(upstream)
      join(client, upstream)
      return
    }
    if (listener.protocol !== 'HTTP') client.destroy()
    else client.once('data', () => client.end(UNAVAILABLE))
  }

  const listen = (listener: ListenerRecord, host: string): OpenListener => {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      client.pause()
      void serve(client, listener).finally(() => client.resume())
    })
    const entry: OpenListener = { server, loadBalancerArn: listener.loadBalancerArn }
    server.on('error', (error) => {
      entry.failure = `The emulator cannot listen on ${host}:${listener.port}: ${error.message}`
    })
    server.listen(listener.port, host)
    return entry
  }

  return {
    probes: true,
    dnsName: () =>
      hasLoopbackAddresses() ? `127.${randomInt(128, 192)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1',
    refusal: ({ port, protocol }) => {
      if (!SERVED.includes(protocol)) {
        return `With real containers this emulator's load balancers serve ${SERVED.join(' and ')} only, not ${protocol}.`
      }
      if (mayListen(port)) return undefined
      return `Only root may listen on port ${port} of this machine: give the listener a port of 1024 or more.`
    },
    stateOf: ({ arn }) => {
      const failed = [...open.values()].find(({ loadBalancerArn, failure }) => loadBalancerArn === arn && failure)
      return failed?.failure === undefined ? { code: 'active' } : { code: 'failed', reason: failed.failure }
    },
    follow: ({ listeners, loadBalancers }) => {
      for (const [arn, { server }] of open) {
        if (listeners[arn] !== undefined) continue
        server.close()
        open.delete(arn)
      }
      for (const listener of Object.values(listeners)) {
        const host = loadBalancers[listener.loadBalancerArn]?.dnsName
        if (host !== undefined && !open.has(listener.arn)) open.set(listener.arn, listen(listener, host))
      }
    },
    close: async () => {
      prober.close()
      for (const socket of sockets) socket.destroy()
      const servers = [...open.values()].map(({ server }) => server)
      open.clear()
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    },
  }
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
}

/** Linux lets everybody listen from a port on that the system sets; by default and elsewhere that is 1024. */
function mayListen(port: number): boolean {
  if (process.getuid?.() === 0) return true
  try {
    return port >= Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return port >= 1024
  }
}
