import { once } from 'node:events'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance } from 'fastify'
import { badRequest, DockerError, notOnEcs } from '../errors/docker-error.ts'
import { collectOutput } from '../execs/collect-output.ts'
import type { ExecOperations } from '../execs/exec-operations.ts'
import { untilClosed } from '../http/client-streams.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import type { RunningExec } from '../sessions/start-exec.ts'
import { type PathStat, readPathStat } from './path-stat.ts'

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

/** `docker cp`, by the container's own `stat` and `tar`: it must run, and have them. */
export function registerArchiveRoutes(app: FastifyInstance, execs: ExecOperations, closing: AbortSignal): void {
  app.head<Route>('/containers/:id/archive', async ({ params, query }, reply) => {
    const stat = await readPathStat(execs, params.id, pathOf(query), closing)
    return reply.header(STAT_HEADER, packed(stat)).send()
  })
  app.get<Route>('/containers/:id/archive', { exposeHeadRoute: false }, async ({ params, query }, reply) => {
    const path = pathOf(query)
    const { signal, release } = untilClosed(reply.raw, closing)
    const stat = await readPathStat(execs, params.id, path, signal)
    const [folder, name] = [posix.dirname(path), posix.basename(path) || '.']
    const exec = await execs.run(params.id, ['tar', '-cf', '-', '-C', folder, name], { hasInput: false, signal })
    // A `tar` that is silent would not notice that its reader has gone.
    signal.addEventListener('abort', () => exec.close(), { once: true })
    const archive = Readable.from(contentOf(exec), { objectMode: false })
    // A client that leaves before the first byte ends it with nobody listening.
    archive.on('error', () => undefined)
    try {
      // A `tar` that says nothing has said why: that is an error still.
      await once(archive, 'readable', { signal })
      reply.hijack()
      reply.raw.writeHead(200, { 'Content-Type': 'application/x-tar', [STAT_HEADER]: packed(stat) })
      await pipeline(archive, reply.raw)
    } catch (error) {
      exec.close()
      if (!reply.raw.headersSent) throw error
      // The command line leaves when it has read the archive's end; one that waits for more is cut off.
      reply.raw.destroy()
    } finally {
      release()
    }
  })
  app.put<Route & { Body: Readable | undefined }>('/containers/:id/archive', async ({ params, query, body }, reply) => {
    const path = pathOf(query)
    if (isTrue(query.copyUIDGID)) {
      throw notOnEcs(
        'docker cp --archive',
        'tar in the container runs as root and gives files to whom the archive says',
      )
    }
    const { signal, release } = untilClosed(reply.raw, closing)
    // A folder it must be: `tar` would make one.
    const script = '[ -d "$1" ] || exit 100; exec tar -xf - -C "$1"'
    const exec = await execs.run(params.id, ['sh', '-c', script, 'sh', path], { hasInput: true, signal })
    const [{ stderr, exitCode }] = await Promise.all([collectOutput(exec), feed(body, exec)]).finally(release)
    if (exitCode === 100)
      throw new DockerError({ status: 404, message: `Could not find the file ${path} in container ${params.id}` })
    if (exitCode !== 0) throw tarFailed(exitCode, stderr)
    return reply.status(200).send('')
  })
}

const STAT_HEADER = 'X-Docker-Container-Path-Stat'
const packed = (stat: PathStat): string => Buffer.from(JSON.stringify(stat)).toString('base64')

function pathOf({ path }: Query): string {
  if (path === undefined || path === '') throw badRequest('the query parameter path must name a path in the container')
  return posix.resolve('/', path)
}

/** Throws where `tar` has failed, be it after most of the archive. */
async function* contentOf({ output, exitCode }: RunningExec): AsyncGenerator<Buffer> {
  const said: Buffer[] = []
  for await (const { stream, content } of output) {
    if (stream === 'stdout') yield content
    else said.push(content)
  }
  const stderr = Buffer.concat(said).toString('utf8')
  const code = await exitCode
  // A file that grows meanwhile, such as a log, is there all the same.
  if (code !== 0 && !/changed as we read it/.test(stderr)) throw tarFailed(code, stderr)
}

const tarFailed = (exitCode: number, stderr: string): DockerError =>
  exitCode === 127
    ? new DockerError({ status: 501, message: `docker cp needs tar in the image: ${stderr.trim()}` })
    : new DockerError({
        status: 500,
        message: `docker cp: tar in the container ended with ${exitCode}: ${stderr.trim()}`,
      })

async function feed(body: Readable | undefined, exec: Awaited<ReturnType<ExecOperations['run']>>): Promise<void> {
  try {
    for await (const chunk of body ?? []) await exec.write(chunk as Buffer)
    await exec.endInput()
  } catch (error) {
    // A client that left halfway: `tar` would wait for the rest for ever.
    exec.close()
    throw error
  }
}
