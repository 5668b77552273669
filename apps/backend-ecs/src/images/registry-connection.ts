import type { Readable } from 'node:stream'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { DockerError } from '../errors/docker-error.ts'
import type { ImageReference } from './image-reference.ts'
import { authorize } from './registry-authorization.ts'
import type { RegistryCredentials } from './registry-credentials.ts'
import { unreachable } from './registry-error.ts'

interface RegistryRequest {
  /** Default `GET`. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  /** Behind `/v2/<repository>/`, or where the registry has said to go on: an absolute address, or one from its root. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew where the registry first asks who is there. */
  readonly body?: () => Readable | Buffer
}

/** Requests to registries, authorised with whatever each asks for: nothing, a password, or a token. */
export interface RegistryConnection {
  /** Whatever the answer is. Rejects with a `DockerError` where there is none. */
  send(repository: Pick<ImageReference, 'registry' | 'repository'>, request: RegistryRequest): Promise<Response>
}

export interface ConnectionOptions {
  readonly credentials?: RegistryCredentials | undefined
  /** Asked where a registry wants a password and there are no credentials. */
  readonly login?: (registry: string) => Promise<RegistryCredentials | undefined>
  /** What a token is asked for. Default `pull`. */
  readonly actions?: 'pull' | 'pull,push'
  readonly signal: AbortSignal
}

/** For an answer; a file that is sent takes as long as it takes. */
export const REGISTRY_TIMEOUT_MS = 30_000

export function createRegistryConnection({
  credentials,
  login,
  actions = 'pull',
  signal,
}: ConnectionOptions): RegistryConnection {
  const authorizations = new Map<string, string>()

  return {
    async send({ registry, repository }, { method = 'GET', path, headers = {}, body }) {
      const base = registryUrl(registry)
      const url = new URL(/^(\/|https?:)/.test(path) ? path : `/v2/${repository}/${path}`, base)
      const key = `${registry}/${repository}`
      const attempt = async (authorization: string | undefined): Promise<Response> => {
        const content = body?.()
        const limit = AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_TIMEOUT_MS)])
        // A redirect to where the blobs are goes to another host: `fetch` leaves the authorization behind, and so does this.
        const isOwn = authorization !== undefined && url.origin === new URL(base).origin
        return await fetch(url, {
          method,
          headers: { ...headers, ...(isOwn ? { authorization } : {}) },
          signal: content === undefined || Buffer.isBuffer(content) ? limit : signal,
          ...(content === undefined ? {} : { body: content, duplex: 'half' as const }),
        })
      }
      try {
        const first = await attempt(authorizations.get(key))
        const challenge = first.headers.get('www-authenticate')
        if (first.status !== 401 || challenge === null) return first
        const known = credentials ?? (/^basic /i.test(challenge) ? await login?.(registry) : undefined)
        const authorization = await authorize({ challenge, repository, actions, credentials: known, signal })
        if (authorization === undefined) return first
        await first.body?.cancel()
        authorizations.set(key, authorization)
        return await attempt(authorization)
      } catch (cause) {
        if (signal.aborted || cause instanceof DockerError || cause instanceof AwsCallError) throw cause
        throw unreachable(registry, cause)
      }
    },
  }
}

/** Plain HTTP on the loopback only, as the engine does. */
export function registryUrl(registry: string): string {
  const host = registry.replace(/:\d+$/, '')
  const isLoopback = host === 'localhost' || host.startsWith('127.') || host === '[::1]'
  return `${isLoopback ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`
}
