import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  isSignedForWorker,
  WORKER_LOGS_PATH,
  WORKER_SIGNATURE_HEADER,
  type WorkerLogItem,
} from '@landlord/api-contract'
import { CapabilityUnsupportedError, type LogLine, type ReadLogsOptions } from '@landlord/compute-core'
import { failureOf } from '../step/live-status.ts'
import type { StepDependencies } from '../step/step.ts'
import { tenantRefOf } from '../step/tenant-call.ts'

export interface ServeLogsOptions {
  readonly deps: Pick<StepDependencies, 'client' | 'registry' | 'logger' | 'now'>
  readonly token: string
}

/** Less than what the server, and whatever is between, takes for a dead connection. */
const HEARTBEAT_MS = 10_000
const LONGEST_LINE = 16_384

/** Answers the server's requests for a tenant's output: a line of JSON each, as fast as the server takes them. */
export function createLogsHandler(options: ServeLogsOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    serve(options, request, response).catch((error: unknown) => {
      options.deps.logger.warn({ err: error }, 'a request for logs broke off')
      response.destroy()
    })
  }
}

export function isForLogs({ url }: IncomingMessage): boolean {
  return url?.startsWith(`${WORKER_LOGS_PATH}/`) === true
}

async function serve({ deps, token }: ServeLogsOptions, request: IncomingMessage, response: ServerResponse) {
  const path = request.url ?? ''
  const header = request.headers[WORKER_SIGNATURE_HEADER]
  const signature = typeof header === 'string' ? header : undefined
  if (request.method !== 'GET' || !(await isSignedForWorker(signature, { token, path, now: deps.now() }))) {
    response.writeHead(401).end()
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the server has gone')))
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  const heartbeat = setInterval(() => response.write('\n'), HEARTBEAT_MS)
  try {
    for await (const line of readLines(deps, path, gone.signal)) {
      await write(response, { line: { ...line, text: line.text.slice(0, LONGEST_LINE) } }, gone.signal)
    }
  } catch (error) {
    if (!gone.signal.aborted) await write(response, { error: failureOf(error) }, gone.signal)
  } finally {
    clearInterval(heartbeat)
    response.end()
  }
}

async function* readLines(
  { client, registry, logger }: ServeLogsOptions['deps'],
  path: string,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { pathname, searchParams } = new URL(path, 'http://worker')
  const id = decodeURIComponent(pathname.slice(WORKER_LOGS_PATH.length + 1))
  const { body: desired } = await client.getDesiredState({ params: { id }, signal })
  const provider = registry.get(desired.provider)
  if (provider.readLogs === undefined) {
    throw new CapabilityUnsupportedError({ message: `provider "${desired.provider}" cannot read logs` })
  }
  yield* provider.readLogs(tenantRefOf(desired), { ...optionsIn(searchParams), signal, logger })
}

function optionsIn(query: URLSearchParams): Pick<ReadLogsOptions, 'follow' | 'tail' | 'since'> {
  const [tail, since] = [query.get('tail'), query.get('since')]
  return {
    follow: query.get('follow') === 'true',
    ...(tail === null ? {} : { tail: Number(tail) }),
    ...(since === null ? {} : { since }),
  }
}

async function write(response: ServerResponse, item: WorkerLogItem, signal: AbortSignal): Promise<void> {
  if (!response.write(`${JSON.stringify(item)}\n`)) await once(response, 'drain', { signal })
}
