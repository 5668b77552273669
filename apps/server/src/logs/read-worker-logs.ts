import {
  signWorkerRequest,
  WORKER_LOGS_PATH,
  WORKER_SIGNATURE_HEADER,
  type WorkerLogItem,
} from '@landlord/api-contract'
import { type Dispatcher, request } from 'undici'
import { HttpProblem } from '../http/http-problem.ts'

export interface LogRequest {
  readonly tenantId: string
  readonly follow: boolean
  readonly tail?: number | undefined
  readonly since?: string | undefined
}

export interface LogWorkers {
  /** Where workers are, the likeliest first. */
  readonly urls: readonly string[]
  readonly tokens: readonly string[]
  readonly now: () => Date
}

const CONNECT_MS = 5_000

/**
 * A tenant's output by way of the first worker that answers; undefined when a worker only says that it is still there. Nothing is
 * asked of the worker before what it said has been taken. Throws `HttpProblem` when no worker answers.
 */
export async function readWorkerLogs(
  { urls, tokens, now }: LogWorkers,
  { tenantId, follow, tail, since }: LogRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<WorkerLogItem | undefined>> {
  const query = new URLSearchParams({
    follow: String(follow),
    ...(tail === undefined ? {} : { tail: String(tail) }),
    ...(since === undefined ? {} : { since }),
  })
  const path = `${WORKER_LOGS_PATH}/${encodeURIComponent(tenantId)}?${query}`
  for (const url of urls) {
    const headers = { [WORKER_SIGNATURE_HEADER]: await signWorkerRequest(tokens, path, now()) }
    const target = url.replace(/\/+$/, '') + path
    // A follower may be silent for long; the worker's own heartbeats tell whether it is alive.
    const options = { headers, signal, headersTimeout: CONNECT_MS, bodyTimeout: 60_000 }
    const answer = await request(target, options).catch(() => undefined)
    signal.throwIfAborted()
    if (answer?.statusCode === 200) return itemsOf(answer.body)
    // Of an answer that was not read, being cut off is an error of the stream.
    answer?.body.on('error', () => undefined).destroy()
  }
  throw new HttpProblem({ code: 'unavailable', detail: noWorker(urls) })
}

async function* itemsOf(body: Dispatcher.ResponseData['body']): AsyncGenerator<WorkerLogItem | undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line === '' ? undefined : (JSON.parse(line) as WorkerLogItem)
  }
}

function noWorker(urls: readonly string[]): string {
  const tried = urls.length === 0 ? 'no worker is there' : `no worker answers at ${urls.join(', ')}`
  return `logs are read by a worker, and ${tried}; start one, let the server reach worker.advertised_url with the same worker.token, and see: landlord doctor`
}
