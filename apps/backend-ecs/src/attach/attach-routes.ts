import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { noInput } from '../containers/definition/refuse-unsupported.ts'
import type { ClientStreams } from '../http/client-streams.ts'
import { isTrue } from '../http/read-query.ts'
import { sendTo } from '../http/web-socket-streams.ts'
import { MULTIPLEXED_STREAM, RAW_STREAM } from '../logs/frame-output.ts'
import type { LogStreamReader } from '../logs/log-stream-reader.ts'
import { readLogs } from '../logs/read-logs.ts'
import { toOutput } from '../logs/to-output.ts'
import { watchRunEnd } from '../logs/watch-run-end.ts'
import type { ContainerRecord } from '../store/records.ts'

interface AttachDeps extends Pick<BackendDeps, 'logger'> {
  readonly containers: ContainerOperations
  readonly reader: LogStreamReader
}

/** `docker attach` and the first thing that `docker run` does: the output of a run, which may not have begun yet. */
export function registerAttachRoutes(streams: ClientStreams, { containers, reader, logger }: AttachDeps): void {
  /** What a run says, from its beginning or from now on, framed unless there is a terminal. */
  async function* outputOf(record: ContainerRecord, { query, signal }: Asked, tty: boolean): AsyncGenerator<Buffer> {
    if (!has(query, 'stdout')) return
    const run = await beginningOfRun(containers, record, signal)
    if (run?.logStream === undefined) return
    // Of a run that is only just being started, all is new.
    const isFromNow = record.live === true && record.logStream !== undefined && !has(query, 'logs')
    const { ended, release } = watchRunEnd(containers, run, signal)
    try {
      const events = readLogs(
        { streams: [run.logStream], range: {}, follow: true, ...(isFromNow ? { tail: 0 } : {}) },
        { reader, ended, signal },
      )
      const onFailure = (error: unknown): void => logger.error({ err: error, container: run.id }, 'output broke off')
      yield* toOutput(events, { tty, timestamps: false, onFailure })
    } finally {
      release()
    }
  }

  streams.hijack('/containers/:id/attach', async ({ params, query, signal }, accept) => {
    const record = containers.find(params.id ?? '')
    refuseStdin(record, has(query, 'stdin'))
    const tty = record.config.Tty === true
    const { stdin, output } = accept(tty ? RAW_STREAM : MULTIPLEXED_STREAM)
    // Input that nobody reads would keep the end of the connection from being seen.
    stdin.resume()
    await pipeline(Readable.from(outputOf(record, { query, signal }, tty)), output, { end: false })
  })
  // Docker's own does not frame either: a browser's terminal shows all of it.
  streams.websocket('/containers/:id/attach/ws', async ({ params, query, signal }, accept) => {
    const record = containers.find(params.id ?? '')
    refuseStdin(record, has(query, 'stdin'))
    const socket = await accept()
    if (socket === undefined) return
    for await (const bytes of outputOf(record, { query, signal }, true)) await sendTo(socket, bytes)
    socket.close()
  })
}

interface Asked {
  readonly query: URLSearchParams
  readonly signal: AbortSignal
}

const has = (query: URLSearchParams, name: string): boolean => isTrue(query.get(name) ?? undefined)

/** The record of a run whose output there is to read; undefined when none came of it. */
async function beginningOfRun(
  { until }: ContainerOperations,
  before: ContainerRecord,
  signal: AbortSignal,
): Promise<ContainerRecord | undefined> {
  const isNamed = (record: ContainerRecord | undefined): boolean =>
    record?.logStream !== undefined || record?.live !== true
  if (before.live === true) return await until(before.id, isNamed, signal)
  // A run that began meanwhile and has ended counts; so does one that failed, which has no output.
  const hasBegun = (record: ContainerRecord | undefined): boolean =>
    record === undefined || (record.runs > before.runs && (record.logStream !== undefined || record.live !== true))
  return await until(before.id, hasBegun, signal)
}

function refuseStdin({ config }: ContainerRecord, isAsked: boolean): void {
  if (!isAsked || config.OpenStdin !== true) return
  throw noInput()
}
