import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Static, TSchema } from 'typebox'
import { ApiError } from './api-error.ts'
import { ConnectionError } from './connection-error.ts'
import type { RouteInput } from './create-client.ts'
import type { RouteDefinition } from './route-definition.ts'
import { routes } from './routes.ts'
import {
  type AnyInput,
  type ClientOptions,
  isProblem,
  readJson,
  reasonOf,
  sendRequest,
  toError,
} from './send-request.ts'

interface Following {
  /** Called with the id to go on from, whether a message comes with it or not: the header `last-event-id` of the next call. */
  readonly onId?: (id: string) => void
}

type StreamingName<Table> = {
  [Name in keyof Table]: Table[Name] extends { readonly stream: TSchema } ? Name : never
}[keyof Table]

type DataOf<Definition> = Definition extends { readonly stream: infer Schema extends TSchema } ? Static<Schema> : never

export type LandlordStreams = {
  [Name in StreamingName<typeof routes>]: (
    input: RouteInput<(typeof routes)[Name]> & Following,
  ) => AsyncGenerator<DataOf<(typeof routes)[Name]>>
}

/** A server says something every 15 s, if only that it is still there. */
const LONGEST_SILENCE_MS = 60_000

/**
 * The routes that stream, one method each: what they tell, until the server ends the stream. Throws `ApiError` for a problem and
 * `ConnectionError` when nothing answers or the connection breaks.
 */
export function createStreams(options: ClientOptions): LandlordStreams {
  const calls = Object.entries<RouteDefinition>(routes)
    .filter(([, route]) => route.stream !== undefined)
    .map(([name, route]) => [name, (input: AnyInput & Following) => follow(route, input, options)])
  return Object.fromEntries(calls) as LandlordStreams
}

async function* follow(
  route: RouteDefinition,
  { onId, ...input }: AnyInput & Following,
  options: ClientOptions,
): AsyncGenerator<unknown> {
  const silence = new AbortController()
  const signal = input.signal === undefined ? silence.signal : AbortSignal.any([input.signal, silence.signal])
  const { response, url } = await sendRequest(route, { ...input, signal }, { ...options, accept: 'text/event-stream' })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!response.ok || !isStream || response.body === null) throw toError(response, await readJson(response, url), url)
  const timer = setTimeout(() => silence.abort(new Error('the server has gone silent')), LONGEST_SILENCE_MS)
  const watched = new TransformStream<string, string>({
    transform(text, next) {
      timer.refresh()
      next.enqueue(text)
    },
  })
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(watched)
    .pipeThrough(new EventSourceParserStream({ onId }))
  try {
    for await (const { event, data } of messages) {
      const said: unknown = JSON.parse(data)
      if (event === 'error' && isProblem(said)) throw new ApiError({ problem: said })
      yield said
    }
  } catch (cause) {
    if (input.signal?.aborted || ApiError.isInstance(cause)) throw cause
    throw new ConnectionError({ message: `the stream of ${url} broke off: ${reasonOf(cause)}`, url, cause })
  } finally {
    clearTimeout(timer)
  }
}
