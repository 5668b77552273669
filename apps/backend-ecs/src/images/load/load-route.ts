import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { badRequest } from '../../errors/docker-error.ts'
import { toDockerError } from '../../errors/to-docker-error.ts'
import { untilClosed } from '../../http/client-streams.ts'
import { isTrue, type Query } from '../../http/read-query.ts'
import type { ImageOperations } from '../image-operations.ts'
import type { LoadProgress } from './load-images.ts'

/** `docker load`, on both surfaces: an archive goes in, and lines of JSON about what becomes of it come out. */
export function registerLoadRoute(app: FastifyInstance, images: ImageOperations, closing: AbortSignal): void {
  for (const path of ['/images/load', '/internal/v1/images/load']) {
    app.post<{ Querystring: Query; Body: Readable | undefined }>(path, async ({ query, body }, reply) => {
      if (!(body instanceof Readable)) {
        throw badRequest('docker load: the body must be an archive of docker save, with content type application/x-tar')
      }
      const { signal, release } = untilClosed(reply.raw, closing)
      const progress = images.load(body, signal)
      try {
        // What is wrong before the first line is an HTTP error, so that clients see it as one.
        const first = await progress.next()
        reply.hijack()
        reply.raw.writeHead(200, { 'Content-Type': 'application/json' })
        await pipeline(Readable.from(linesOf(first, progress, { quiet: isTrue(query.quiet), reply })), reply.raw)
      } catch (error) {
        await progress.return(undefined)
        if (!reply.raw.destroyed) throw error
      } finally {
        release()
      }
    })
  }
}

async function* linesOf(
  first: IteratorResult<LoadProgress>,
  rest: AsyncGenerator<LoadProgress>,
  { quiet, reply }: { quiet: boolean; reply: FastifyReply },
): AsyncGenerator<string> {
  const line = (content: object): string => `${JSON.stringify(content)}\r\n`
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      yield* messagesOf(next.value, quiet).map(line)
    }
  } catch (error) {
    // The status has been said: an error is one more line, which clients end with.
    const { status, message } = toDockerError(error)
    if (status === 500) reply.request.log.error({ err: error }, 'docker load failed')
    yield line({ errorDetail: { message }, error: message })
  }
}

function messagesOf(progress: LoadProgress, quiet: boolean): object[] {
  if (progress.kind === 'layer') {
    const { diffId, position, of } = progress
    const status = `Pushed layer ${position + 1} of ${of}`
    return quiet ? [] : [{ status, id: diffId.replace('sha256:', '').slice(0, 12) }]
  }
  const { id, tags } = progress
  return tags.length === 0
    ? [{ stream: `Loaded image ID: ${id}\n` }]
    : tags.map((tag) => ({ stream: `Loaded image: ${tag}\n` }))
}
