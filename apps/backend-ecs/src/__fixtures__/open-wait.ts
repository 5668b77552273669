import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface OpenWait {
  readonly response: IncomingMessage
  /** The body, whenever it comes. */
  readonly result: Promise<{ readonly StatusCode: number; readonly Error?: { readonly Message: string } }>
}

/** Resolves when the backend has begun to wait: dockerode keeps the header to itself. */
export async function openWait(socketPath: string, containerId: string, condition: string): Promise<OpenWait> {
  const path = `/v1.43/containers/${containerId}/wait?condition=${condition}`
  const waiting = request({ socketPath, path, method: 'POST' })
  waiting.end()
  const [response] = (await once(waiting, 'response')) as [IncomingMessage]
  return { response, result: text(response).then((body) => JSON.parse(body)) }
}
