import { LRUCache } from 'lru-cache'
import { awaitShared } from './await-shared.ts'
import type { EcsCall } from './ecs-api.ts'

export interface KeptAnswersOptions<Answer> {
  /** For the error of a caller that gives up. */
  readonly what: { readonly operation: string; readonly subject: string }
  readonly max: number
  /** 0: only those that ask at the same time share an answer. */
  readonly ttlMs: number
  readonly now: () => number
  /** Ends loading when all is closed. Never a caller's own: others may wait for the same answer. */
  readonly signal: AbortSignal
  /** Default: every answer. */
  readonly isKept?: (answer: Answer) => boolean
}

/** Answers by key, loaded once for all that ask at the same time. A failure is told to those, and forgotten. */
export interface KeptAnswers<Answer> {
  get(key: string, call: EcsCall, load: (shared: EcsCall) => Promise<Answer>): Promise<Answer>
  forget(key: string): void
}

export function createKeptAnswers<Answer>(options: KeptAnswersOptions<Answer>): KeptAnswers<Answer> {
  const { max, ttlMs, now, signal, what, isKept = () => true } = options
  const kept = new LRUCache<string, { readonly answer: Answer }>({
    ...{ max, ttl: ttlMs, ttlResolution: 0, perf: { now } },
  })
  const loading = new Map<string, Promise<Answer>>()

  function load(key: string, call: EcsCall, loader: (shared: EcsCall) => Promise<Answer>): Promise<Answer> {
    const pending = loader({ ...call, signal })
      .then((answer) => {
        // Forgotten meanwhile: what it says is older than whatever made it so.
        if (loading.get(key) === pending && ttlMs > 0 && isKept(answer)) kept.set(key, { answer })
        return answer
      })
      .finally(() => {
        if (loading.get(key) === pending) loading.delete(key)
      })
    loading.set(key, pending)
    return pending
  }

  return {
    async get(key, call, loader) {
      const known = kept.get(key)
      if (known !== undefined) return known.answer
      return awaitShared(() => loading.get(key) ?? load(key, call, loader), call, what)
    },
    forget(key) {
      kept.delete(key)
      loading.delete(key)
    },
  }
}
