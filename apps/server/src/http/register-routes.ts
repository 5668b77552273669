import type { RouteDefinition } from '@landlord/api-contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { HttpProblem } from './http-problem.ts'
import { SECURITY_SCHEME } from './openapi.ts'
import { createReadRequest } from './read-request.ts'
import type { RequestContext } from './request-context.ts'
import { EVENT_STREAM, sendStream, wantsStream } from './send-stream.ts'

type PartOf<Definition, Key extends string> = Definition extends { readonly [K in Key]: infer Schema extends TSchema }
  ? Static<Schema>
  : undefined

type BodyOf<Definition extends RouteDefinition> = Definition extends { readonly bodyIsOptional: true }
  ? PartOf<Definition, 'body'> | undefined
  : PartOf<Definition, 'body'>

export interface HandlerInput<Definition extends RouteDefinition> {
  readonly params: PartOf<Definition, 'params'>
  readonly query: PartOf<Definition, 'query'>
  readonly headers: PartOf<Definition, 'headers'>
  readonly body: BodyOf<Definition>
  readonly context: RequestContext
}

/** Pieces of `text/event-stream`, asked for as fast as the client takes them. */
interface StreamAnswer {
  readonly status: 200
  readonly stream: AsyncIterable<string>
}

type HandlerAnswer<Definition extends RouteDefinition> =
  | (Definition extends { readonly stream: TSchema } ? StreamAnswer : never)
  | BodyAnswer<Definition>

type BodyAnswer<Definition extends RouteDefinition> = {
  [Status in keyof Definition['responses']]: {
    readonly status: Status
    readonly body: Definition['responses'][Status] extends TSchema ? Static<Definition['responses'][Status]> : never
    readonly headers?: Readonly<Record<string, string>>
  }
}[keyof Definition['responses']]

export type Handler<Definition extends RouteDefinition> = (
  input: HandlerInput<Definition>,
) => Promise<HandlerAnswer<Definition>>

/** One handler for each route of a table: leaving one out does not compile. */
export type Handlers<Table extends Record<string, RouteDefinition>> = {
  readonly [Name in keyof Table]: Handler<Table[Name]>
}

export function registerRoutes<Table extends Record<string, RouteDefinition>>(
  app: FastifyInstance,
  table: Table,
  handlers: Handlers<Table>,
  { hidden = false }: { readonly hidden?: boolean } = {},
): void {
  for (const [name, route] of Object.entries(table)) {
    const read = createReadRequest(route)
    const handler = handlers[name] as (input: HandlerInput<RouteDefinition>) => Promise<AnyAnswer>
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { access: route.access, installationWide: route.installationWide ?? false },
      schema: hidden ? { hide: true } : documented(name, route),
      handler: async (request, reply) => {
        const parts = read({
          params: request.params,
          query: request.query,
          headers: request.headers,
          body: request.body,
        })
        const answer = await handler({
          ...(parts as HandlerInput<RouteDefinition>),
          context: contextOf(request, reply),
        })
        if ('stream' in answer) return sendStream(request, reply, answer.stream)
        return reply
          .code(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body)
      },
    })
  }
}

type AnyAnswer =
  | StreamAnswer
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }

function documented(name: string, route: RouteDefinition): object {
  return {
    operationId: name,
    summary: route.summary,
    description: describeAccess(route),
    tags: [route.tag],
    security: route.access === 'open' ? [] : [{ [SECURITY_SCHEME]: [route.access] }],
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.headers === undefined ? {} : { headers: route.headers }),
    ...(route.body === undefined ? {} : { body: route.body }),
    response: route.stream === undefined ? route.responses : withStream(route.responses, route.stream),
  }
}

function traceOf({ span: { traceParent } }: FastifyRequest): { traceParent?: string } {
  return traceParent === undefined ? {} : { traceParent }
}

function withStream(responses: RouteDefinition['responses'], message: TSchema): object {
  const content = {
    'application/json': { schema: responses[200] },
    [EVENT_STREAM]: { schema: { ...message, description: 'What `data` of each message holds, as JSON.' } },
  }
  return { ...responses, 200: { description: 'JSON, or a stream for who asks for one in `accept`.', content } }
}

function describeAccess({ access, installationWide }: RouteDefinition): string {
  if (access === 'open') return 'Open to everybody.'
  const limit = installationWide === true ? ', of a token without a label selector' : ''
  return `Needs the scope \`${access}\`${limit}.`
}

function contextOf(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const controller = new AbortController()
  // The reply's close, not the request's: that one comes as soon as the body has been read.
  reply.raw.once('close', () => controller.abort())
  // Whoever went away while the request was let in has closed it by now, which nothing tells once more.
  if (request.raw.socket.destroyed) controller.abort()
  if (request.authenticateAgain !== undefined) endWithAccess(request.authenticateAgain, controller)
  return {
    actor: { ...request.principal, requestId: request.id, address: request.ip, ...traceOf(request) },
    requestId: request.id,
    method: request.method,
    path: request.url.split('?')[0] ?? request.url,
    signal: controller.signal,
    wantsStream: wantsStream(request),
  }
}

/** How long a stream outlives the token behind it, at most. */
const REAUTHENTICATION_INTERVAL_MS = 10_000

function endWithAccess(authenticateAgain: () => Promise<unknown>, controller: AbortController): void {
  const { signal } = controller
  if (signal.aborted) return
  const timer = setInterval(() => {
    authenticateAgain().catch((error: unknown) => {
      // That nobody can tell at the moment ends nothing.
      if (error instanceof HttpProblem && error.code === 'unauthorized') controller.abort(error)
    })
  }, REAUTHENTICATION_INTERVAL_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
