import { ApiError } from './api-error.ts'
import { ConnectionError } from './connection-error.ts'
import type { RouteDefinition } from './route-definition.ts'
import type { Problem } from './schemas/problem.ts'

export interface ClientOptions {
  /** e.g. `http://127.0.0.1:8080`. A trailing slash or `/v1` is ignored. */
  readonly baseUrl: string
  /** Sent as a bearer token. */
  readonly token?: string
  readonly userAgent?: string
  /** Default is the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

export interface SendOptions extends ClientOptions {
  /** Default JSON. */
  readonly accept?: string
  /** Headers of every request. */
  readonly fixed?: Readonly<Record<string, string>>
}

/** The parts of a request, whatever its route. */
export interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

export interface SentRequest {
  readonly response: Response
  readonly url: string
}

/** Sends a request and gives the answer as it comes. Rejects with `ConnectionError` when there is none. */
export async function sendRequest(route: RouteDefinition, input: AnyInput, options: SendOptions): Promise<SentRequest> {
  const baseUrl = options.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')
  const url = baseUrl + pathOf(route, input.params) + searchOf(input.query)
  const headers = new Headers({ ...options.fixed, accept: options.accept ?? 'application/json' })
  for (const [name, value] of Object.entries(input.headers ?? {})) if (value !== undefined) headers.set(name, value)
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  if (options.userAgent !== undefined) headers.set('user-agent', options.userAgent)
  if (input.body !== undefined) headers.set('content-type', 'application/json')
  try {
    const response = await (options.fetch ?? globalThis.fetch)(url, {
      method: route.method,
      headers,
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    })
    return { response, url }
  } catch (cause) {
    if (input.signal?.aborted) throw cause
    throw new ConnectionError({ message: `no answer from ${baseUrl}: ${reasonOf(cause)}`, url, cause })
  }
}

/** What an answer that is no success is thrown as. */
export function toError(response: Response, body: unknown, url: string): ApiError | ConnectionError {
  if (!isProblem(body)) {
    return new ConnectionError({
      message: `${url} answered ${response.status} without a problem document; is it a Landlord server?`,
      url,
    })
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError({ problem: body, ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}) })
}

/** Rejects with `ConnectionError` for what is none. */
export async function readJson(response: Response, url: string): Promise<unknown> {
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

export function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body
}

/** In words, as far down as there is a cause. */
export function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return inner instanceof Error ? inner.message || ('code' in inner ? String(inner.code) : inner.name) : String(inner)
}
