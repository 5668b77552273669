import type { IncomingMessage } from 'node:http'
import fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { badRequest, DockerError } from '../errors/docker-error.ts'
import { toDockerError } from '../errors/to-docker-error.ts'
import { API_VERSION, checkVersion, splitVersion } from './api-version.ts'
import { checkToken } from './check-token.ts'
import { type ClientStreams, createClientStreams } from './client-streams.ts'
import { logRequests } from './log-requests.ts'
import type { TlsMaterial } from './tls-files.ts'

/** Docker's own bound is on the header; a create request with 2 MB of environment works there. */
const MAX_JSON_BYTES = 16 * 1024 * 1024

interface AppOptions {
  readonly logger: Logger
  /** Asked of every request where it is given. */
  readonly token?: string | undefined
  readonly tls?: TlsMaterial | undefined
  /** Aborted when the server stops: streams that would go on for ever end. */
  readonly stopping: AbortSignal
}

export interface HttpApp {
  readonly app: FastifyInstance
  readonly streams: ClientStreams
}

/** The server without its routes: versions, access, bodies, errors and the log of requests. */
export function buildApp({ logger, token, tls, stopping }: AppOptions): HttpApp {
  const versions = new WeakMap<IncomingMessage, string>()
  const app = fastify({
    loggerInstance: logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_JSON_BYTES,
    forceCloseConnections: 'idle',
    // Names of images are long, and have slashes.
    routerOptions: { maxParamLength: 1024 },
    // What a client half-closes is its input only.
    ...(tls === undefined ? {} : { https: { ...toServerOptions(tls), allowHalfOpen: true } as never }),
    rewriteUrl(request) {
      const { url, version } = splitVersion(request.url ?? '/')
      if (version !== undefined) versions.set(request, version)
      return url
    },
  }) as unknown as FastifyInstance
  const admit = (request: IncomingMessage): string => {
    checkToken(request.headers.authorization, token)
    // A page in somebody's browser must not reach an engine on loopback.
    if (request.headers.origin !== undefined)
      throw new DockerError({ status: 403, message: 'requests of web pages are refused' })
    const { url, version = versions.get(request) } = splitVersion(request.url ?? '/')
    if (version !== undefined) checkVersion(version)
    return url
  }
  logRequests(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'Api-Version': API_VERSION,
      Ostype: 'linux',
      'Docker-Experimental': 'false',
      Server: 'backend-ecs',
    })
    admit(request.raw)
  })
  app.addHook('onSend', async (_request, reply) => {
    // Docker's client reads a message only under exactly this type.
    if (String(reply.getHeader('content-type')).startsWith('application/json'))
      reply.header('content-type', 'application/json')
  })
  readBodies(app)
  app.setErrorHandler((error, request, reply) => {
    const docker = toDockerError(error)
    // 501 and 503 say it all in their message; what lies behind a 500 is for whoever runs this.
    if (docker.status === 500) request.log.error({ err: docker }, 'request failed')
    return reply.status(docker.status).send({ message: docker.message })
  })
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ message: 'page not found' }))
  return { app, streams: createClientStreams({ app, admit, stopping }) }
}

/** JSON is read here, empty bodies allowed as clients send them; everything else reaches its route as a stream. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string | Buffer) => {
      if (text.length === 0) return undefined
      try {
        return JSON.parse(String(text)) as unknown
      } catch (cause) {
        throw Object.assign(badRequest(`the body is not JSON: ${(cause as Error).message.split(',')[0]}`), { cause })
      }
    },
  )
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

const toServerOptions = ({ cert, key, ca }: TlsMaterial) => ({
  cert,
  key,
  ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
})
