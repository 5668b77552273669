import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database } from '../store/database.ts'
import { claimKey, saveAnswer } from '../store/idempotency-store.ts'
import { ANONYMOUS, type Principal } from './actor.ts'
import { formatSelector } from './tenant-visibility.ts'

/** An `Idempotency-Key` is honoured for 24 hours. */
export const IDEMPOTENCY_WINDOW_MS = 86_400_000

export interface KeyedRequest {
  readonly key: string
  /** Keys of one principal are none of another's business. */
  readonly actor: Principal
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly now: Date
}

/**
 * Does the work, or repeats the answer that the same request got before. In the transaction of the work: what rolls back
 * leaves the key free. Throws `HttpProblem` when the key was used for another request.
 */
export async function answerOnce<Answer>(
  tx: Transaction<Database>,
  request: KeyedRequest,
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
  const { now } = request
  const key = keyOf(request)
  const fingerprint = fingerprintOf(request)
  const claim = { key, fingerprint, now: now.toISOString(), expiredBefore: expiry(now) }
  const used = await claimKey(tx, claim)
  if (used === undefined) {
    const answer = await work()
    await saveAnswer(tx, key, JSON.stringify(answer))
    return { answer, replayed: false }
  }
  if (used.fingerprint !== fingerprint || used.answer === null) {
    throw new HttpProblem({
      code: 'idempotency_key_reused',
      detail: `the Idempotency-Key was used for another request (${used.created_at}); choose a new key for every new request`,
    })
  }
  return { answer: JSON.parse(used.answer) as Answer, replayed: true }
}

function keyOf({ key, actor: { principal } }: KeyedRequest): string {
  return principal === ANONYMOUS.principal ? key : JSON.stringify([principal, key])
}

// A principal of the same name may be another token by now, or reach other tenants: to them the answer is not repeated, and the
// work not done again either, as it may be the same client that tries again.
function fingerprintOf({ method, path, body, actor: { tokenId, selector } }: KeyedRequest): string {
  const asker = tokenId === undefined && selector.length === 0 ? [] : [tokenId ?? '', formatSelector(selector)]
  return createHash('sha256')
    .update(JSON.stringify([method, path, canonical(body), ...asker]))
    .digest('hex')
}

function expiry(now: Date): string {
  return new Date(now.getTime() - IDEMPOTENCY_WINDOW_MS).toISOString()
}

// The same object with its keys in another order is the same request.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => [key, canonical(item)])
}
