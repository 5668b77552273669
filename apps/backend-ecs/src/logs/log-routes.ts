import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { type ClientStreams, untilClosed } from '../http/client-streams.ts'
import type { Query } from '../http/read-query.ts'
import { sendTo } from '../http/web-socket-streams.ts'
import type { ContainerRecord } from '../store/records.ts'
import { MULTIPLEXED_STREAM, RAW_STREAM } from './frame-output.ts'
import type { LogStreamReader } from './log-stream-reader.ts'
import { type LogQuery, readLogQuery } from './read-log-query.ts'
import { readLogs } from './read-logs.ts'
import { toOutput } from './to-output.ts'
import { watchRunEnd } from './watch-run-end.ts'

interface LogDeps extends Pick<BackendDeps, 'stopping' | 'logger'> {
  readonly containers: ContainerOperations
  readonly reader: LogStreamReader
}

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

/** `docker logs`, on both surfaces; the internal one also over WebSocket. */
export function registerLogRoutes(app: FastifyInstance, streams: ClientStreams, deps: LogDeps): void {
  for (const surface of ['', '/internal/v1']) {
    app.get<Route>(`${surface}/containers/:id/logs`, async ({ params, query }, reply) => {
      const record = deps.containers.find(params.id)
      await send(reply, record, readLogQuery(query), deps)
    })
  }
  streams.websocket('/internal/v1/containers/:id/logs/stream', async ({ params, query, signal }, accept) => {
    const record = deps.containers.find(params.id ?? '')
    const asked = readLogQuery({ stdout: '1', stderr: '1', follow: '1', ...Object.fromEntries(query) })
    const socket = await accept()
    if (socket === undefined) return
    // No frames: a WebSocket has messages of its own.
    for await (const line of linesOf(record, { ...asked, tty: true }, deps, signal)) {
      await sendTo(socket, line)
    }
    socket.close()
  })
}

async function send(reply: FastifyReply, record: ContainerRecord, query: LogQuery, deps: LogDeps): Promise<void> {
  const tty = record.config.Tty === true
  const { signal, release } = untilClosed(reply.raw, deps.stopping)
  reply.hijack()
  reply.raw.writeHead(200, { 'Content-Type': tty ? RAW_STREAM : MULTIPLEXED_STREAM })
  // A log that has nothing yet is a log all the same.
  reply.raw.flushHeaders()
  try {
    await pipeline(Readable.from(linesOf(record, { ...query, tty }, deps, signal)), reply.raw)
  } catch (error) {
    if (!signal.aborted) reply.log.error({ err: error, container: record.id }, 'logs broke off')
    reply.raw.destroy()
  } finally {
    release()
  }
}

async function* linesOf(
  record: ContainerRecord,
  query: LogQuery & { readonly tty: boolean },
  { containers, reader, logger }: LogDeps,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  // Everything is standard output.
  if (!query.stdout) return
  const current = query.follow ? await whenNamed(containers, record, signal) : record
  const { id, formerLogStreams = [], logStream } = current
  const streams = [...formerLogStreams, ...(logStream === undefined ? [] : [logStream])]
  const run = watchRunEnd(containers, current, signal)
  try {
    const events = readLogs({ ...query, streams }, { reader, ended: run.ended, signal })
    const onFailure = (error: unknown): void => logger.error({ err: error, container: id }, 'logs broke off')
    yield* toOutput(events, { ...query, onFailure })
  } finally {
    run.release()
  }
}

/** With the log stream of the present run, which has none before ECS has said what its task is. */
async function whenNamed(
  { until }: ContainerOperations,
  record: ContainerRecord,
  signal: AbortSignal,
): Promise<ContainerRecord> {
  const isNamed = (current: ContainerRecord | undefined): boolean =>
    current?.live !== true || current.logStream !== undefined
  return (await until(record.id, isNamed, signal)) ?? record
}
