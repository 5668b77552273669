import pLimit, { type LimitFunction } from 'p-limit'

/** Longer than this a step does not wait: it would look stuck to the workflow engine. */
const LONGEST_QUEUE_MS = 30_000

/** A change may take minutes (an image, a queue for the target's request rates); a look is quick, and must not wait for one. */
type CallKind = 'change' | 'look'

/** Runs calls of one provider, some of each kind at a time. */
export interface ProviderSlots {
  /** Resolves to undefined, and never calls, when no slot came free in time. */
  run<Result>(
    provider: string,
    kind: CallKind,
    call: () => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined>
  /** At this moment, of every provider that was called so far. */
  use(): readonly SlotUse[]
}

export interface SlotUse {
  readonly provider: string
  readonly kind: CallKind
  readonly running: number
  readonly queued: number
}

export function createProviderSlots(perKind: number): ProviderSlots {
  const limits = new Map<
    string,
    { readonly provider: string; readonly kind: CallKind; readonly limit: LimitFunction }
  >()
  return {
    async run(provider, kind, call) {
      const key = `${kind} ${provider}`
      const { limit } = limits.get(key) ?? { limit: pLimit(perKind) }
      limits.set(key, { provider, kind, limit })
      const { promise: tooLong, resolve } = Promise.withResolvers<undefined>()
      let state: 'queued' | 'running' | 'given_up' = 'queued'
      const timer = setTimeout(() => {
        if (state !== 'queued') return
        state = 'given_up'
        resolve(undefined)
      }, LONGEST_QUEUE_MS)
      const turn = limit(async () => {
        clearTimeout(timer)
        if (state === 'given_up') return undefined
        state = 'running'
        return { result: await call() }
      })
      return await Promise.race([turn, tooLong])
    },
    use: () =>
      [...limits.values()].map(({ provider, kind, limit }) => ({
        provider,
        kind,
        running: limit.activeCount,
        queued: limit.pendingCount,
      })),
  }
}
