import { ConnectionError, type LandlordClient } from '@landlord/api-contract'
import { formatDuration } from './render/format-time.ts'

export interface AnswerLimit {
  readonly apiUrl: string
  readonly limitMs: number
  /** Ends the call before its time, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined
}

/** Rejects with `ConnectionError` when the whole answer is not there within `limitMs`. */
export async function answerWithin<Answer>(
  { apiUrl, limitMs, signal }: AnswerLimit,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const limit = AbortSignal.timeout(limitMs)
  try {
    return await call(signal === undefined ? limit : AbortSignal.any([signal, limit]))
  } catch (cause) {
    if (!limit.aborted || signal?.aborted === true) throw cause
    throw new ConnectionError({
      message: `no answer from ${apiUrl} within ${formatDuration(limitMs)}`,
      url: apiUrl,
      cause,
    })
  }
}

/** A client each of whose calls has so long: a server that accepts and is silent must not hold a command for ever. */
export function limitClient(client: LandlordClient, { apiUrl, limitMs }: AnswerLimit): LandlordClient {
  const calls = Object.entries<Call>(client).map(([name, call]) => [
    name,
    (input?: Input) =>
      answerWithin({ apiUrl, limitMs, signal: input?.signal }, (signal) => call({ ...input, signal } as never)),
  ])
  return Object.fromEntries(calls) as LandlordClient
}

interface Input {
  readonly signal?: AbortSignal
}

// Of routes that differ in what they take.
type Call = (input: never) => Promise<unknown>
