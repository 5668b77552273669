import { setTimeout } from 'node:timers/promises'
import { TokenBucket } from 'limiter'
import PQueue from 'p-queue'
import type { CallPriority } from './ecs-api.ts'
import type { RequestRate } from './request-rates.ts'

const RANK: Readonly<Record<CallPriority, number>> = { change: 2, watch: 1, background: 0 }

/** Tokens that a throttled answer costs: doubled while answers stay throttled, so that foreign callers get their part. */
const MOST_PENALTY_TOKENS = 32

/** Lets requests go at the rate of one token bucket, the urgent ones first, equal ones in the order they came. */
export interface RequestLimiter {
  /** Resolves when it is the caller's turn. Rejects with the signal's reason, and leaves the queue, on abort. */
  turn(priority: CallPriority, signal: AbortSignal): Promise<void>
  /** AWS says that the bucket is empty, whatever we thought: nobody goes for a moment. */
  throttled(): void
  /** A request went through. */
  passed(): void
  /** Until the next request would go, in milliseconds. */
  waitMs(): number
}

export function createRequestLimiter(rate: RequestRate): RequestLimiter {
  const bucket = new TokenBucket({ bucketSize: rate.burst, tokensPerInterval: rate.per_second, interval: 'second' })
  bucket.content = rate.burst
  // One at a time waits for a token, so that whoever comes first when one is there is decided by priority.
  const queue = new PQueue({ concurrency: 1 })
  let penaltyTokens = 1

  async function takeToken(signal: AbortSignal): Promise<void> {
    while (!bucket.tryRemoveTokens(1)) await setTimeout(Math.max(1, bucket.getWaitTime(1)), undefined, { signal })
  }

  return {
    turn: (priority, signal) => queue.add(() => takeToken(signal), { priority: RANK[priority], signal }),
    throttled() {
      bucket.drip()
      // A salvo of refusals is one message.
      if (bucket.content < 0) return
      bucket.content = -penaltyTokens
      penaltyTokens = Math.min(penaltyTokens * 2, MOST_PENALTY_TOKENS)
    },
    passed() {
      penaltyTokens = 1
    },
    waitMs: () => bucket.getWaitTime(1),
  }
}
