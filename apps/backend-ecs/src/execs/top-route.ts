import type { FastifyInstance } from 'fastify'
import { DockerError } from '../errors/docker-error.ts'
import type { Query } from '../http/read-query.ts'
import { collectOutput } from './collect-output.ts'
import type { ExecOperations } from './exec-operations.ts'

/** `docker top`: what the container's own `ps` says. */
export function registerTopRoute(app: FastifyInstance, execs: ExecOperations, closing: AbortSignal): void {
  app.get<{ Params: { id: string }; Querystring: Query }>('/containers/:id/top', async ({ params, query }) => {
    const args = (query.ps_args ?? '').split(/\s+/).filter((word) => word !== '')
    const exec = await execs.run(params.id, ['ps', ...args], { hasInput: false, signal: closing })
    const { stdout, stderr, exitCode } = await collectOutput(exec)
    if (exitCode !== 0) {
      throw new DockerError({
        status: 501,
        message: `docker top needs a ps in the image that knows these options: ${stderr.trim() || `it ended with ${exitCode}`}`,
      })
    }
    const [head = '', ...lines] = stdout.trimEnd().split('\n')
    const titles = head.trim().split(/\s+/)
    return { Titles: titles, Processes: lines.map((line) => toColumns(line, titles.length)) }
  })
}

/** The last column is the command, with the spaces in it. */
function toColumns(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/)
  return [...words.slice(0, count - 1), words.slice(count - 1).join(' ')]
}
