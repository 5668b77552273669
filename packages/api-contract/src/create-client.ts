import type { Static, TSchema } from 'typebox'
import type { RouteDefinition } from './route-definition.ts'
import { routes } from './routes.ts'
import { WORKER_PROTOCOL, WORKER_PROTOCOL_HEADER } from './schemas/worker-protocol.ts'
import { type AnyInput, type ClientOptions, readJson, type SendOptions, sendRequest, toError } from './send-request.ts'
import { workerRoutes } from './worker-routes.ts'

type Part<Definition, Key extends string> = Definition extends { readonly [K in Key]: infer Schema extends TSchema }
  ? Static<Schema>
  : undefined

// In brackets, because a body that is a union stays one value and does not make the whole input a union.
type OptionalIfEmpty<Value, Key extends string> = [Value] extends [undefined]
  ? { readonly [K in Key]?: undefined }
  : Record<never, never> extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value }

/** What a route is called with. */
export type RouteInput<Definition extends RouteDefinition> = OptionalIfEmpty<Part<Definition, 'params'>, 'params'> &
  OptionalIfEmpty<Part<Definition, 'query'>, 'query'> &
  OptionalIfEmpty<Part<Definition, 'headers'>, 'headers'> &
  (Definition extends { readonly bodyIsOptional: true }
    ? { readonly body?: Part<Definition, 'body'> }
    : OptionalIfEmpty<Part<Definition, 'body'>, 'body'>) & { readonly signal?: AbortSignal }

/** What a route answers when it does not answer with a problem. */
export interface RouteOutput<Definition extends RouteDefinition> {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    [Status in keyof Definition['responses']]: Definition['responses'][Status] extends TSchema
      ? Static<Definition['responses'][Status]>
      : never
  }[keyof Definition['responses']]
}

type Call<Definition extends RouteDefinition> =
  Record<never, never> extends RouteInput<Definition>
    ? (input?: RouteInput<Definition>) => Promise<RouteOutput<Definition>>
    : (input: RouteInput<Definition>) => Promise<RouteOutput<Definition>>

export type ClientOf<Table extends Record<string, RouteDefinition>> = { [Name in keyof Table]: Call<Table[Name]> }
export type LandlordClient = ClientOf<typeof routes>
export type WorkerClient = ClientOf<typeof workerRoutes>

/** The HTTP API, one method per route. Rejects with `ApiError` for a problem and `ConnectionError` when nothing answers. */
export function createClient(options: ClientOptions): LandlordClient {
  return clientOf(routes, options)
}

/** The worker's side of the server. */
export function createWorkerClient(options: ClientOptions): WorkerClient {
  return clientOf(workerRoutes, { ...options, fixed: { [WORKER_PROTOCOL_HEADER]: String(WORKER_PROTOCOL) } })
}

function clientOf<Table extends Record<string, RouteDefinition>>(table: Table, options: SendOptions): ClientOf<Table> {
  const calls = Object.entries(table).map(([name, route]) => [
    name,
    (input?: AnyInput) => send(route, input ?? {}, options),
  ])
  return Object.fromEntries(calls) as ClientOf<Table>
}

async function send(
  route: RouteDefinition,
  input: AnyInput,
  options: SendOptions,
): Promise<RouteOutput<RouteDefinition>> {
  const { response, url } = await sendRequest(route, input, options)
  const body = await readJson(response, url)
  if (response.ok || Object.hasOwn(route.responses, response.status)) {
    return { status: response.status, headers: response.headers, body }
  }
  throw toError(response, body, url)
}
