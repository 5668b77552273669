import type { Change, DriftReason } from '@landlord/api-contract'
import type { Seen } from './look.ts'

export type Finding =
  /** As it should be. */
  | { readonly verdict: 'good' }
  /** On its way somewhere: the next look tells. */
  | { readonly verdict: 'moving' }
  | {
      readonly verdict: 'bad'
      readonly reason: DriftReason
      readonly message?: string
      readonly changes: Change[]
    }

export interface Expectation {
  /** As what the last operation settled; undefined when nobody knows. */
  readonly state: string | undefined
  /** JSON pointers. */
  readonly ignore: readonly string[]
}

/** Pure. What a look at a tenant means, of which everything was well when the last operation ended. */
export function judgeObservation(observation: Seen, expected: Expectation): Finding {
  if (observation.outcome === 'missing') return bad('missing', observation.message, [])
  const changes = observation.changes.filter(({ path }) => !isIgnored(path, expected.ignore))
  const reason = trouble(observation, expected.state)
  if (reason !== undefined) return bad(reason, observation.message ?? observation.reason, changes)
  if (changes.length > 0) return bad('changed', undefined, changes)
  const isUp = observation.state === 'running' || observation.state === 'stopped'
  return { verdict: observation.settled && isUp ? 'good' : 'moving' }
}

function trouble(
  { settled, state, health, reason, idle }: Extract<Seen, { outcome: 'seen' }>,
  expected: string | undefined,
): DriftReason | undefined {
  // A restart, or somebody else's deployment: not before it has come to an end.
  if (!settled) return undefined
  if (health === 'unhealthy' || reason === 'unhealthy') return 'unhealthy'
  if (state === 'failed') return 'failed'
  // A job that has ended since, or a size of zero, is no trouble; a size that is not wanted is one of the changes.
  if (state !== 'stopped' || idle !== undefined) return undefined
  const isExpected = expected === undefined ? reason === undefined : expected === 'stopped'
  return isExpected ? undefined : 'stopped'
}

/** Whether the pointer, or one above it, is in the list. */
function isIgnored(path: string, ignore: readonly string[]): boolean {
  return ignore.some((pointer) => path === pointer || path.startsWith(`${pointer}/`))
}

function bad(reason: DriftReason, message: string | undefined, changes: Change[]): Finding {
  return { verdict: 'bad', reason, changes, ...(message === undefined ? {} : { message }) }
}
