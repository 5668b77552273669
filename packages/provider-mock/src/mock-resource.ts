import type { MockConfig } from './mock-script.ts'

/** A tenant has one of each: the network is made first and removed last, so that there is a state between the two. */
export type MockResourceKind = 'network' | 'service'

/** One thing at the simulated target. */
export interface MockResource {
  readonly kind: MockResourceKind
  /** Unique within its kind, as at a real target. */
  readonly name: string
  /** Given by the target; a resource that is removed and made again has another one. */
  readonly id: string
  /** The user's labels and the ownership marks. */
  readonly labels: Readonly<Record<string, string>>
  /** ISO 8601 in UTC. */
  readonly createdAt: string
  /** Present for a service, unless somebody else made it. */
  readonly service?: MockService
}

/** What the target knows about a running service. Times are milliseconds since the epoch. */
export interface MockService {
  /** The live configuration. */
  readonly config: MockConfig
  /** The one before, which serves on while `config` starts, and again when it fails to. */
  readonly previous?: MockConfig
  readonly suspended: boolean
  readonly restartToken: string
  /** Fingerprints by name; all that a target without an environment needs of them. Absent: none. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly changedAt: number
  /** When it stops moving; null means never. */
  readonly settlesAt: number | null
  /** Set when this start ends in failure. */
  readonly startFailure: { readonly reason: string; readonly message: string } | null
  /** Set once it is being removed. */
  readonly goneAt: number | null
  readonly generation: number
}
