import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance } from 'fastify'
import { badRequest, DockerError } from '../errors/docker-error.ts'
import { collectOutput } from '../execs/collect-output.ts'
import type { ExecOperations } from '../execs/exec-operations.ts'
import { untilClosed } from '../http/client-streams.ts'
import type { Query } from '../http/read-query.ts'
import type { ExecOutput } from '../sessions/start-exec.ts'
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
    reply.hijack()
    reply.raw.writeHead(200, { 'Content-Type': 'application/x-tar', [STAT_HEADER]: packed(stat) })
    try {
      await pipeline(Readable.from(contentOf(exec.output)), reply.raw)
    } catch (error) {
      exec.close()
      // The command line leaves when it has read the archive's end.
      if (!reply.raw.destroyed) throw error
    } finally {
      release()
    }
  })
  app.put<Route & { Body: Readable | undefined }>('/containers/:id/archive', async ({ params, query, body }, reply) => {
    const path = pathOf(query)
    const { signal, release } = untilClosed(reply.raw, closing)
    // A folder it must be: `tar` would make one.
    const script = '[ -d "$1" ] || exit 100; exec tar -xf - -C "$1"'
    const exec = await execs.run(params.id, ['sh', '-c', script, 'sh', path], { hasInput: true, signal })
    const [{ stderr, exitCode }] = await Promise.all([collectOutput(exec), feed(body, exec)]).finally(release)
    if (exitCode === 100)
      throw new DockerError({ status: 404, message: `Could not find the file ${path} in container ${params.id}` })
    if (exitCode !== 0)
      throw new DockerError({
        status: 500,
        message: `docker cp: tar in the container ended with ${exitCode}: ${stderr.trim()}`,
      })
    return reply.status(200).send('')
  })
}

const STAT_HEADER = 'X-Docker-Container-Path-Stat'
const packed = (stat: PathStat): string => Buffer.from(JSON.stringify(stat)).toString('base64')

function pathOf({ path }: Query): string {
  if (path === undefined || path === '') throw badRequest('the query parameter path must name a path in the container')
  return posix.resolve('/', path)
}

async function* contentOf(output: AsyncIterable<ExecOutput>): AsyncGenerator<Buffer> {
  for await (const { stream, content } of output) if (stream === 'stdout') yield content
}

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
