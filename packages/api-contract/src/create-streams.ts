import { createParser } from 'eventsource-parser'
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
  /** Called with the id to go on from, after its message where it has one: the header `last-event-id` of the next call. */
  readonly onId?: (id: string) => void
  /** Called where nothing more is to come, as the output of what has stopped; a stream that merely ends may be opened again. */
  readonly onEnd?: () => void
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
  { onId, onEnd, ...input }: AnyInput & Following,
  options: ClientOptions,
): AsyncGenerator<unknown> {
  const silence = new AbortController()
  const signal = input.signal === undefined ? silence.signal : AbortSignal.any([input.signal, silence.signal])
  const { response, url } = await sendRequest(route, { ...input, signal }, { ...options, accept: 'text/event-stream' })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!response.ok || !isStream || response.body === null) throw toError(response, await readJson(response, url), url)
  const timer = setTimeout(() => silence.abort(new Error('the server has gone silent')), LONGEST_SILENCE_MS)
  try {
    for await (const { id, event, data } of readMessages(response.body, () => timer.refresh())) {
      if (data !== undefined) {
        const said: unknown = JSON.parse(data)
        if (event === 'error' && isProblem(said)) throw new ApiError({ problem: said })
        if (event === 'end') return onEnd?.()
        yield said
      }
      // Only now: whoever goes on from here has had what came before.
      if (id !== undefined) onId?.(id)
    }
  } catch (cause) {
    if (input.signal?.aborted || ApiError.isInstance(cause)) throw cause
    throw new ConnectionError({ message: `the stream of ${url} broke off: ${reasonOf(cause)}`, url, cause })
  } finally {
    clearTimeout(timer)
  }
}

interface Message {
  readonly id?: string | undefined
  readonly event?: string | undefined
  /** Absent where only the id tells something. */
  readonly data?: string
}

async function* readMessages(body: ReadableStream<Uint8Array>, onChunk: () => void): AsyncGenerator<Message> {
  const read: Message[] = []
  const parser = createParser({
    onId: (id) => void read.push({ id }),
    onEvent(message) {
      // Its id came just before.
      if (message.id !== undefined && read.at(-1)?.data === undefined) read.pop()
      read.push(message)
    },
  })
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    onChunk()
    parser.feed(text)
    yield* read.splice(0)
  }
}
