import { randomInt } from 'node:crypto'
import type { ListenerRecord, LoadBalancerRecord } from './load-balancing-records.ts'
import type { Account } from './simulation.ts'
import type { World } from './world.ts'

export interface LoadBalancerState {
  readonly code: 'active' | 'failed'
  /** Why it failed. */
  readonly reason?: string
}

/** What clients of load balancers connect to: nothing where tasks are simulated, a proxy where they are real. */
export interface LoadBalancerFrontEnd {
  /** Where a new load balancer of that name will be reached. */
  dnsName(name: string): string
  /** Why such a listener cannot be had; nothing when it can. */
  refusal(listener: Pick<ListenerRecord, 'port' | 'protocol'>): string | undefined
  stateOf(loadBalancer: LoadBalancerRecord): LoadBalancerState
  /** Serves exactly the listeners that are there. To be called after every change. */
  follow(world: World): void
  close(): Promise<void>
}

/** Nothing listens; names are in a domain that never resolves (RFC 2606), lest they belong to somebody. */
export function createSilentFrontEnd({ region }: Account): LoadBalancerFrontEnd {
  return {
    dnsName: (name) => `${name}-${randomInt(1e9, 1e10)}.${region}.elb.invalid`,
    refusal: () => undefined,
    stateOf: () => ({ code: 'active' }),
    follow: () => undefined,
    close: () => Promise.resolve(),
  }
}
