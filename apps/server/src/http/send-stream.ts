import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

export const EVENT_STREAM = 'text/event-stream'

/** Longer than the pause between two heartbeats: a client that has taken nothing for so long is gone, or as good as. */
const SILENCE_MS = 60_000

/** Whether the client prefers a stream, by its `accept`. */
export function wantsStream(request: FastifyRequest): boolean {
  // The framework answers HEAD by running GET, and would wait for the end of a stream.
  if (request.method !== 'GET') return false
  return new Negotiator(request.raw).mediaType(['application/json', EVENT_STREAM]) === EVENT_STREAM
}

/** Sends pieces as the client takes them: the next one is asked for when there is room for it. */
export function sendStream(request: FastifyRequest, reply: FastifyReply, pieces: AsyncIterable<string>): FastifyReply {
  const { socket } = request.raw
  socket.setTimeout(SILENCE_MS, () => socket.destroy())
  return (
    reply
      .code(200)
      // The time limit above is of this connection, so nothing else uses it afterwards.
      .headers({ 'content-type': `${EVENT_STREAM}; charset=utf-8`, 'x-accel-buffering': 'no', connection: 'close' })
      .send(Readable.from(pieces))
  )
}
