import type { RouteDefinition } from '@landlord/api-contract'
import fc from 'fast-check'
import pLimit from 'p-limit'
import { request as send } from 'undici'
import { type Answer, complaintAbout } from './check-answer.ts'
import { EVENT_STREAM, readAnswer } from './read-answer.ts'
import { type GeneratedRequest, requestsOf, type Specials } from './request-arbitrary.ts'

export interface ApiFuzzerOptions {
  readonly baseUrl: string
  readonly routes: Readonly<Record<string, RouteDefinition>>
  readonly specials: Specials
  /** How often a route comes; 10 when absent. */
  readonly weights: Readonly<Record<string, number>>
  /** Those that answer with what a worker says. */
  readonly asksWorker: readonly string[]
  /** Laid under the query of a route, e.g. so that a wait does not last. */
  readonly queries: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Something that exists now, for a place in a request: a path, with its parameter, or a name. Undefined when there is nothing. */
  readonly existing: (place: string, pick: number) => string | undefined
  /** Between two requests: what the rest of the system does meanwhile. */
  readonly meanwhile: (pick: number) => Promise<void>
  readonly onAnswer: (request: GeneratedRequest, answer: Answer) => void
}

const CONCURRENCY = 3
/** Longer than any route takes, so that one which hangs is a complaint. */
const ANSWER_WITHIN_MS = 20_000
/** Names things that exist in so many of ten requests. */
const EXISTING_OF_TEN = 8
const REPEAT_EVERY = 7
const STREAM_EVERY = 4
const REPEATED_WITHIN = 30

/** Sends `count` generated requests, some at a time, and tells what was wrong with the answers. */
export async function fuzzApi(
  options: ApiFuzzerOptions,
  { count, seed }: { count: number; seed: number },
): Promise<string[]> {
  const { routes, specials, weights } = options
  const anyRequest = fc.oneof(
    ...Object.entries(routes).map(([name, route]) => ({
      weight: weights[name] ?? 10,
      arbitrary: requestsOf(name, route, specials),
    })),
  )
  const complaints: string[] = []
  const limit = pLimit(CONCURRENCY)
  await Promise.all(
    withRepeats(fc.sample(anyRequest, { numRuns: count, seed })).map((generated) =>
      limit(async () => {
        const complaint = await attempt(options, generated)
        if (complaint !== undefined) complaints.push(complaint)
        await options.meanwhile(generated.pick)
      }),
    ),
  )
  return complaints
}

/** Clients repeat themselves, shortly after or much later. */
function withRepeats(requests: readonly GeneratedRequest[]): GeneratedRequest[] {
  return requests.map((request, index) => {
    const before = requests[index - 1 - (request.pick % REPEATED_WITHIN)]
    return request.pick % REPEAT_EVERY === 0 && before !== undefined ? before : request
  })
}

async function attempt(options: ApiFuzzerOptions, generated: GeneratedRequest): Promise<string | undefined> {
  const route = options.routes[generated.route]
  if (route === undefined) return undefined
  const { url, init } = toHttp(options, route, generated)
  const what = `${init.method} ${url.slice(options.baseUrl.length)} ${JSON.stringify(init.headers)} ${String(init.body).slice(0, 2000)}`
  try {
    const response = await send(url, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    const { answer, text } = await readAnswer(response)
    const complaint = complaintAbout(route, answer, { asksWorker: options.asksWorker.includes(generated.route) })
    if (complaint !== undefined)
      return `${generated.route}: ${complaint}\n  ${what}\n  ${answer.status} ${text.slice(0, 2000)}`
    options.onAnswer(generated, answer)
    return undefined
  } catch (error) {
    return `${generated.route}: ${String(error)}\n  ${what}`
  }
}

function toHttp(options: ApiFuzzerOptions, route: RouteDefinition, generated: GeneratedRequest) {
  const { pick } = generated
  const wantsExisting = pick % 10 < EXISTING_OF_TEN
  const params = asRecord(generated.params)
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const given = name in params ? params[name] : 'left-out'
    const known = wantsExisting
      ? options.existing(route.path.slice(0, route.path.indexOf(`/{${name}}`)), pick)
      : undefined
    return encodeURIComponent(wellFormed(known ?? asText(given)))
  })
  const query = new URLSearchParams(options.queries[generated.route])
  for (const [name, value] of Object.entries(asRecord(generated.query))) {
    const known = wantsExisting ? options.existing(`${route.path}?${name}`, pick) : undefined
    query.set(name, wellFormed(known ?? asText(value)))
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(asRecord(generated.headers))) {
    const known = wantsExisting ? options.existing(name, pick) : undefined
    const text = known ?? asText(value)
    if (isHeaderName(name) && isHeaderValue(text)) headers[name] = text
  }
  const hasBody = route.body !== undefined && generated.body !== undefined
  const planId = wantsExisting ? options.existing('plan_id', pick) : undefined
  const body =
    planId !== undefined && hasKey(generated.body, 'plan_id') ? { ...generated.body, plan_id: planId } : generated.body
  if (hasBody) headers['content-type'] = 'application/json'
  if (route.stream !== undefined && pick % STREAM_EVERY === 0) headers.accept = EVENT_STREAM
  const search = query.size > 0 ? `?${query}` : ''
  return {
    url: `${options.baseUrl}${path}${search}`,
    init: { method: route.method, headers, body: hasBody ? JSON.stringify(body) : null },
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function hasKey(value: unknown, key: string): value is object {
  return typeof value === 'object' && value !== null && key in value
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

// What cannot be sent at all is no test of a server.
const wellFormed = (text: string): string => text.toWellFormed()
const isHeaderName = (name: string): boolean => /^[a-z-]+$/.test(name)
const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text) && text.length < 8000
