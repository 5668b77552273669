import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { badRequest } from '../errors/docker-error.ts'
import type { ClientStreams } from '../http/client-streams.ts'
import type { Query } from '../http/read-query.ts'
import { inputOf, sendTo } from '../http/web-socket-streams.ts'
import { frame, MULTIPLEXED_STREAM, RAW_STREAM, STDERR, STDOUT } from '../logs/frame-output.ts'
import type { RunningExec } from '../sessions/start-exec.ts'
import type { ExecRecord } from '../store/records.ts'
import type { ExecCreateBody, ExecOperations } from './exec-operations.ts'

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

/** `docker exec`, on both surfaces; started over a hijacked connection on Docker's, over a WebSocket on the internal one. */
export function registerExecRoutes(app: FastifyInstance, streams: ClientStreams, execs: ExecOperations): void {
  for (const surface of ['', '/internal/v1']) {
    app.post<Route & { Body: ExecCreateBody | undefined }>(
      `${surface}/containers/:id/exec`,
      async ({ params, body }, reply) => {
        reply.status(201)
        return { Id: execs.create(params.id, body ?? {}).id }
      },
    )
  }
  app.get<Route>('/exec/:id/json', async ({ params }) => toExecInspect(execs.find(params.id)))
  app.get<Route>('/internal/v1/exec/:id', async ({ params }) => toExecInspect(execs.find(params.id)))
  app.post<Route>('/exec/:id/resize', async ({ params, query }) => {
    const [rows, columns] = [Number(query.h), Number(query.w)]
    if (!(rows >= 0) || !(columns >= 0)) throw badRequest('h and w must be numbers')
    if (rows > 0 && columns > 0) execs.resize(params.id, { rows, columns })
    return ''
  })
  streams.hijack('/exec/:id/start', async ({ params, body, signal }, accept) => {
    const {
      Detach = false,
      Tty,
      ConsoleSize,
    } = (body ?? {}) as { Detach?: boolean; Tty?: boolean; ConsoleSize?: [number, number] | null }
    const record = execs.find(params.id ?? '')
    if (Detach) {
      await execs.startDetached(record.id)
      accept('application/json')
      return
    }
    const tty = Tty ?? record.tty
    const exec = await execs.start(record.id, { tty, hasInput: record.attachStdin, signal })
    const [rows = 0, columns = 0] = ConsoleSize ?? []
    if (rows > 0 && columns > 0) exec.resize({ rows, columns })
    const { stdin, output } = accept(tty ? RAW_STREAM : MULTIPLEXED_STREAM)
    endWith(signal, exec)
    if (record.attachStdin) void feed(stdin, exec)
    else stdin.resume()
    await deliver(exec, tty, (bytes) => writeTo(output, bytes))
  })
  streams.websocket('/internal/v1/exec/:id/start', async ({ params, signal }, accept) => {
    const { id, tty, attachStdin: hasInput } = execs.find(params.id ?? '')
    const exec = await execs.start(id, { tty, hasInput, signal })
    endWith(signal, exec)
    const socket = await accept()
    if (hasInput && socket !== undefined) void feed(inputOf(socket), exec)
    await deliver(exec, tty, async (bytes) => socket !== undefined && (await sendTo(socket, bytes)))
    socket?.close()
  })
}

/** Ends the command with its client, which may have gone while it was started. */
function endWith(signal: AbortSignal, exec: RunningExec): void {
  if (signal.aborted) exec.close()
  else signal.addEventListener('abort', () => exec.close(), { once: true })
}

/** Everything the client types, and its end. A client that is gone has ended its input, too. */
async function feed(stdin: Readable, exec: RunningExec): Promise<void> {
  try {
    for await (const chunk of stdin) await exec.write(chunk as Buffer)
  } catch {
    // The connection broke: whoever waits for the output sees it.
  }
  await exec.endInput()
}

/** False when the client has gone. */
async function writeTo(output: Writable, bytes: Buffer): Promise<boolean> {
  if (output.write(bytes)) return !output.destroyed
  const over = new AbortController()
  const events = ['drain', 'close'].map((event) => once(output, event, { signal: over.signal }))
  await Promise.race(events).catch(() => undefined)
  over.abort()
  await Promise.allSettled(events)
  return !output.destroyed
}

/** Raw with a terminal, else in Docker's frames. */
async function deliver(exec: RunningExec, tty: boolean, send: (bytes: Buffer) => Promise<boolean>): Promise<void> {
  for await (const { stream, content } of exec.output) {
    const bytes = tty ? content : frame(stream === 'stdout' ? STDOUT : STDERR, content)
    if (!(await send(bytes))) return exec.close()
  }
  // Known before the client asks for it, which it does when the stream ends.
  await exec.exitCode.catch(() => undefined)
}

function toExecInspect(record: ExecRecord): Record<string, unknown> {
  const [entrypoint = '', ...args] = record.command
  return {
    ID: record.id,
    Running: record.running,
    ExitCode: record.exitCode,
    ProcessConfig: { tty: record.tty, entrypoint, arguments: args, privileged: false, user: record.user },
    OpenStdin: record.attachStdin,
    OpenStderr: record.attachStderr,
    OpenStdout: record.attachStdout,
    CanRemove: !record.running && record.started,
    ContainerID: record.containerId,
    DetachKeys: '',
    Pid: record.running ? 1 : 0,
  }
}
