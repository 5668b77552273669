import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { balanceConnections } from './balance-connections.ts'
import { hasLoopbackAddresses } from './docker/loopback-address.ts'
import type { FrontEndContext, LoadBalancerFrontEnd } from './load-balancer-front-end.ts'
import type { ListenerRecord, TargetRecord } from './load-balancing-records.ts'
import type { RunningSimulation } from './simulation.ts'
import { targetHealth } from './target-health.ts'
import { TargetProber } from './target-prober.ts'

const SERVED = ['HTTP', 'TCP']

interface OpenListener {
  readonly server: Server
  readonly loadBalancerArn: string
  failure?: string
}

/**
 * Load balancers that really serve, on loopback only: each has an address of its own (invented) and passes connections on to
 * healthy targets in turn. Connections that are open stay with their target, draining or not.
 */
export function createLoadBalancerProxy({ simulation, changed }: FrontEndContext): LoadBalancerFrontEnd {
  const open = new Map<string, OpenListener>()
  const sockets = new Set<Socket>()
  const prober = new TargetProber({ simulation, changed })
  let isClosed = false

  const listen = (listener: ListenerRecord, host: string): OpenListener => {
    const { protocol, loadBalancerArn, port } = listener
    const server = balanceConnections({ protocol, targets: takeTurns(simulation, listener), sockets })
    const entry: OpenListener = { server, loadBalancerArn }
    server.on('error', (error) => {
      entry.failure = `The emulator cannot listen on ${host}:${port}: ${error.message}`
    })
    server.listen(port, host)
    return entry
  }

  return {
    probes: true,
    dnsName: newAddress,
    refusal,
    stateOf: ({ arn }) => {
      const failed = [...open.values()].find(({ loadBalancerArn, failure }) => loadBalancerArn === arn && failure)
      return failed?.failure === undefined ? { code: 'active' } : { code: 'failed', reason: failed.failure }
    },
    follow: ({ listeners, loadBalancers }) => {
      // The last state is saved after the end of everything that may change it.
      if (isClosed) return
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
      isClosed = true
      prober.close()
      for (const socket of sockets) socket.destroy()
      const servers = [...open.values()].map(({ server }) => server)
      open.clear()
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    },
  }
}

/** The healthy targets of a listener as they are now, each time beginning with another one. */
function takeTurns(simulation: () => RunningSimulation, { targetGroupArns }: ListenerRecord): () => TargetRecord[] {
  let turn = 0
  return () => {
    const { world, now } = simulation()
    const healthy = targetGroupArns.flatMap((arn) => {
      const group = world.targetGroups[arn]
      if (group === undefined) return []
      return group.targets.filter((target) => targetHealth(world, group, target, now()).state === 'healthy')
    })
    turn += 1
    const start = healthy.length === 0 ? 0 : turn % healthy.length
    return [...healthy.slice(start), ...healthy.slice(0, start)]
  }
}

/** A random one of 127.128.0.0/10: several emulators on one machine keep apart, and tasks have other addresses. */
function newAddress(): string {
  if (!hasLoopbackAddresses()) return '127.0.0.1'
  return `127.${randomInt(128, 192)}.${randomInt(256)}.${randomInt(1, 255)}`
}

function refusal({ port, protocol }: Pick<ListenerRecord, 'port' | 'protocol'>): string | undefined {
  if (!SERVED.includes(protocol)) {
    return `With real containers this emulator's load balancers serve ${SERVED.join(' and ')} only, not ${protocol}.`
  }
  if (mayListen(port)) return undefined
  return `Only root may listen on port ${port} of this machine: give the listener a port of 1024 or more.`
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
