import { randomInt } from 'node:crypto'
import type { ListenerRecord, LoadBalancerRecord } from './load-balancing-records.ts'
import type { Account, RunningSimulation } from './simulation.ts'
import type { World } from './world.ts'

interface LoadBalancerState {
  readonly code: 'active' | 'failed'
  /** Why it failed. */
  readonly reason?: string
}

/** What clients of load balancers connect to: nothing where tasks are simulated, a proxy where they are real. */
export interface LoadBalancerFrontEnd {
  /** Whether targets must really answer health checks. */
  readonly probes: boolean
  /** Where a new load balancer of that name will be reached. */
  dnsName(name: string): string
  /** Why such a listener cannot be had; nothing when it can. */
  refusal(listener: Pick<ListenerRecord, 'port' | 'protocol'>): string | undefined
  stateOf(loadBalancer: LoadBalancerRecord): LoadBalancerState
  /** Serves exactly the listeners that are there. To be called after every change. */
  follow(world: World): void
  close(): Promise<void>
}

/** What a front end gets from the emulator. */
export interface FrontEndContext {
  /** The simulation at the clock's time. */
  readonly simulation: () => RunningSimulation
  /** To be called after it has changed something. */
  readonly changed: () => void
}

/** Nothing listens; names are in a domain that never resolves (RFC 2606), lest they belong to somebody. */
export function createSilentFrontEnd({ region }: Account): LoadBalancerFrontEnd {
  return {
    probes: false,
    dnsName: (name) => `${name}-${randomInt(1e9, 1e10)}.${region}.elb.invalid`,
    refusal: () => undefined,
    stateOf: () => ({ code: 'active' }),
    follow: () => undefined,
    close: () => Promise.resolve(),
  }
}
