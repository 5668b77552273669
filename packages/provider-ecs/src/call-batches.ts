import DataLoader from 'dataloader'
import { LRUCache } from 'lru-cache'
import type { CallPriority } from './ecs-api.ts'
import type { RequestLimiter } from './request-limiter.ts'

export interface CallBatchesOptions<Item, Answer> {
  readonly limiter: RequestLimiter
  readonly priority: CallPriority
  /** Ends waiting for turns. Never a caller's own: a batch belongs to all that are in it. */
  readonly signal: AbortSignal
  /** Items that one call takes. */
  readonly maxItems: number
  /** How long a batch is held open where others were asked for shortly before, in milliseconds. */
  readonly windowMs: number
  /** Has its turn already. One answer per item, in their order. */
  readonly load: (items: readonly Item[]) => Promise<readonly (Answer | Error)[]>
}

const MAX_KEPT_BATCHES = 2000

export interface CallBatches<Item, Answer> {
  ask(item: Item): Promise<Answer>
}

/** Batches by what the items of one call must share: credentials, place and priority. Those not used for long are forgotten. */
export function createBatchesByKey<Item, Answer>(): (
  key: string,
  toOptions: () => CallBatchesOptions<Item, Answer>,
) => CallBatches<Item, Answer> {
  const batches = new LRUCache<string, CallBatches<Item, Answer>>({ max: MAX_KEPT_BATCHES })
  return (key, toOptions) => {
    const known = batches.get(key)
    if (known !== undefined) return known
    const created = createCallBatches(toOptions())
    batches.set(key, created)
    return created
  }
}

/** Alone, an item waits only for what is asked for in the same moment. */
const ALONE_MS = 2

/**
 * Gathers what is asked for into few calls. A batch is open until it is its turn, so that the scarcer requests are the fuller
 * batches get; and where others ask as well it is held open for a while, so that a steady stream needs few calls.
 */
export function createCallBatches<Item, Answer>(options: CallBatchesOptions<Item, Answer>): CallBatches<Item, Answer> {
  const { limiter, priority, signal, maxItems, windowMs, load } = options
  let askedAt = Number.NEGATIVE_INFINITY
  let waitMs = ALONE_MS

  const loader = new DataLoader<Item, Answer>(load, {
    cache: false,
    maxBatchSize: maxItems,
    batchScheduleFn: (dispatch) => {
      setTimeout(() => limiter.turn(priority, signal).then(dispatch, dispatch), waitMs)
    },
  })

  return {
    ask(item) {
      const now = performance.now()
      waitMs = now - askedAt < windowMs && priority !== 'change' ? windowMs : ALONE_MS
      askedAt = now
      return loader.load(item)
    },
  }
}
