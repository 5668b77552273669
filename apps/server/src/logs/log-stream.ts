import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure, WorkerLogItem } from '@landlord/api-contract'
import type { HttpProblem } from '../http/http-problem.ts'
import { toDocument } from '../http/to-problem.ts'

type Items = AsyncGenerator<WorkerLogItem | undefined>
type ToProblem = (failure: Failure) => HttpProblem

/** After how long a client comes back when the stream breaks off. */
const RETRY_MS = 2_000
/** What is wrong from the start mostly shows by then, and is answered as any other problem. */
const FIRST_ITEM_MS = 1_000

/**
 * A tenant's output as server-sent events; `end` is the last one where it is over, `error` where it cannot be read any more.
 * Throws `HttpProblem` when that shows at once.
 */
export async function logStream(
  items: Items,
  toProblem: ToProblem,
  request: { readonly path: string; readonly requestId: string; readonly signal: AbortSignal },
): Promise<AsyncIterable<string>> {
  const first = items.next()
  const early = await Promise.race([first, sleep(FIRST_ITEM_MS, undefined, { ref: false })])
  if (early?.done === false && early.value !== undefined && 'error' in early.value) throw toProblem(early.value.error)
  return toMessages(first, items, {
    toProblem: (failure) => toDocument(toProblem(failure), request).document,
    signal: request.signal,
  })
}

async function* toMessages(
  first: ReturnType<Items['next']>,
  items: Items,
  { toProblem, signal }: { readonly toProblem: (failure: Failure) => object; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  try {
    yield `retry: ${RETRY_MS}\n\n`
    for (let next = await first; ; next = await items.next()) {
      if (next.done === true) return yield 'event: end\ndata: {}\n\n'
      const item = next.value
      if (item === undefined) yield ': still here\n\n'
      else if ('error' in item) return yield `event: error\ndata: ${JSON.stringify(toProblem(item.error))}\n\n`
      else yield toMessage(item.line)
    }
  } catch (error) {
    // A server that stops ends its streams in order.
    if (!signal.aborted) throw error
  } finally {
    await items.return(undefined)
  }
}

function toMessage(line: Extract<WorkerLogItem, { line: unknown }>['line']): string {
  const id = line.timestamp === undefined ? '' : `id: ${line.timestamp}\n`
  return `${id}data: ${JSON.stringify(line)}\n\n`
}
