import type { World } from './world.ts'

/** What goes wrong with a call. */
export type FaultKind =
  /** Refused with this error; nothing is done. `{ type: 'ThrottlingException', message: 'Rate exceeded' }` … */
  | { readonly kind: 'error'; readonly type: string; readonly message: string; readonly status?: number }
  /** The connection is reset before anything is done. */
  | { readonly kind: 'reset' }
  /** The call is carried out, then the connection is reset: the caller cannot know. */
  | { readonly kind: 'lost_reply' }
  /**
   * Reads are answered from the state at the time when the fault was injected; UpdateService and DeleteService, when named, do
   * not find a service that was not there then.
   */
  | { readonly kind: 'stale' }

export interface Fault {
  /**
   * An operation's name, as the counters have it; `*` for all of ECS, and for `stale` all reads. Neighbours in JSON go by their whole
   * target: `Logs_20140328.GetLogEvents`.
   */
  readonly operation: string
  readonly fault: FaultKind
  /** For so many calls; default 1. */
  readonly times?: number
}

interface ActiveFault {
  readonly operation: string
  readonly fault: FaultKind
  readonly snapshot: World | undefined
  left: number
}

export interface FaultInForce {
  readonly fault: FaultKind
  readonly snapshot: World | undefined
}

/** The faults in force; the oldest that fits is used up first. */
export class Faults {
  #active: ActiveFault[] = []

  /** @throws TypeError for a fault that cannot be: another status than an error's, no calls. */
  inject({ operation, fault, times = 1 }: Fault, world: World): void {
    const { status = 400 } = fault.kind === 'error' ? fault : {}
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new TypeError(`status must be one of an error, 400 to 599, not ${status}.`)
    }
    if (!Number.isInteger(times) || times < 1) throw new TypeError(`times must be at least 1 call, not ${times}.`)
    const snapshot = fault.kind === 'stale' ? structuredClone(world) : undefined
    this.#active.push({ operation, fault, snapshot, left: times })
  }

  take(operation: string, reads: boolean): FaultInForce | undefined {
    return this.#use(
      (active) =>
        active.operation === operation || (active.operation === '*' && (active.fault.kind !== 'stale' || reads)),
    )
  }

  /** Of a neighbour's operation: `*` is for ECS. */
  takeNamed(operation: string): FaultKind | undefined {
    return this.#use((active) => active.operation === operation)?.fault
  }

  clear(): void {
    this.#active = []
  }

  #use(fits: (active: ActiveFault) => boolean): FaultInForce | undefined {
    const found = this.#active.find(fits)
    if (found === undefined) return undefined
    found.left -= 1
    if (found.left <= 0) this.#active = this.#active.filter((active) => active !== found)
    return found
  }
}
