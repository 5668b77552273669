import type { Static, TSchema } from 'typebox'
import { ApiError } from './api-error.ts'
import { ConnectionError } from './connection-error.ts'
import { type RouteDefinition, routes, workerRoutes } from './routes.ts'
import type { Problem } from './schemas/problem.ts'

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

export interface ClientOptions {
  /** e.g. `http://127.0.0.1:8080`. A trailing slash or `/v1` is ignored. */
  readonly baseUrl: string
  /** Sent as a bearer token. */
  readonly token?: string
  readonly userAgent?: string
  /** Default is the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/** The HTTP API, one method per route. Rejects with `ApiError` for a problem and `ConnectionError` when nothing answers. */
export function createClient(options: ClientOptions): LandlordClient {
  return clientOf(routes, options)
}

/** The worker's side of the server. */
export function createWorkerClient(options: ClientOptions): WorkerClient {
  return clientOf(workerRoutes, options)
}

function clientOf<Table extends Record<string, RouteDefinition>>(
  table: Table,
  options: ClientOptions,
): ClientOf<Table> {
  const baseUrl = options.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')
  const calls = Object.entries(table).map(([name, route]) => [
    name,
    (input?: AnyInput) => send(route, input ?? {}, { ...options, baseUrl }),
  ])
  return Object.fromEntries(calls) as ClientOf<Table>
}

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

async function send(
  route: RouteDefinition,
  input: AnyInput,
  options: ClientOptions,
): Promise<RouteOutput<RouteDefinition>> {
  const url = options.baseUrl + pathOf(route, input.params) + searchOf(input.query)
  const response = await request(url, route, input, options)
  const body = await parse(response, url)
  if (response.ok || Object.hasOwn(route.responses, response.status)) {
    return { status: response.status, headers: response.headers, body }
  }
  if (!isProblem(body)) {
    throw new ConnectionError({
      message: `${url} answered ${response.status} without a problem document; is it a Landlord server?`,
      url,
    })
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  throw new ApiError({ problem: body, ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}) })
}

async function request(
  url: string,
  route: RouteDefinition,
  input: AnyInput,
  options: ClientOptions,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  for (const [name, value] of Object.entries(input.headers ?? {})) if (value !== undefined) headers.set(name, value)
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  if (options.userAgent !== undefined) headers.set('user-agent', options.userAgent)
  if (input.body !== undefined) headers.set('content-type', 'application/json')
  try {
    return await (options.fetch ?? globalThis.fetch)(url, {
      method: route.method,
      headers,
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    })
  } catch (cause) {
    if (input.signal?.aborted) throw cause
    throw new ConnectionError({ message: `no answer from ${options.baseUrl}: ${reasonOf(cause)}`, url, cause })
  }
}

async function parse(response: Response, url: string): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConnectionError({
      message: `${url} answered ${response.status} with something that is not JSON; is it a Landlord server?`,
      url,
      cause,
    })
  }
}

function pathOf(route: RouteDefinition, params: AnyInput['params']): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.[name])))
}

function searchOf(query: AnyInput['query']): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)]))}`
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return inner instanceof Error ? inner.message || ('code' in inner ? String(inner.code) : inner.name) : String(inner)
}
