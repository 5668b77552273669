import { createHash } from 'node:crypto'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { DockerError } from '../errors/docker-error.ts'
import type { ImageReference } from './image-reference.ts'
import { authorize } from './registry-authorization.ts'
import type { RegistryCredentials } from './registry-credentials.ts'
import { refused, unreachable } from './registry-error.ts'

export interface RegistryBlob {
  readonly mediaType: string
  /** `sha256:…` of what was read. */
  readonly digest: string
  readonly bytes: Buffer
}

/** Reads manifests and configurations, never layers: those are for Fargate. */
export interface RegistryClient {
  /** By the reference's digest, else its tag; or by another digest in the same repository. */
  manifest(reference: ImageReference, digest?: string): Promise<RegistryBlob>
  blob(reference: ImageReference, digest: string): Promise<RegistryBlob>
}

interface ClientOptions {
  readonly credentials?: RegistryCredentials | undefined
  /** Asked where a registry wants a password and there are no credentials. */
  readonly login?: (registry: string) => Promise<RegistryCredentials | undefined>
  readonly signal: AbortSignal
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
/** The bound that registries keep for manifests; configurations are smaller. */
const MAX_BYTES = 4 * 1024 * 1024
const TIMEOUT_MS = 30_000

/** Distribution API V2, with whatever a registry asks for: nothing, a password, or a token. Errors are Docker's. */
export function createRegistryClient({ credentials, login, signal }: ClientOptions): RegistryClient {
  const authorizations = new Map<string, string>()

  async function read(reference: ImageReference, path: string, accept?: string): Promise<RegistryBlob> {
    const response = await request(reference, path, accept)
    if (!response.ok) {
      await response.body?.cancel()
      throw refused(reference, response.status)
    }
    const bytes = await readBounded(response, reference.registry)
    return {
      mediaType: (response.headers.get('content-type') ?? '').split(';')[0] ?? '',
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      bytes,
    }
  }

  async function request(reference: ImageReference, path: string, accept?: string): Promise<Response> {
    const { registry, repository } = reference
    const url = `${baseUrl(registry)}/v2/${repository}/${path}`
    const key = `${registry}/${repository}`
    const send = async (authorization: string | undefined): Promise<Response> => {
      const headers = {
        ...(accept === undefined ? {} : { accept }),
        ...(authorization === undefined ? {} : { authorization }),
      }
      // A redirect to where the blobs are goes to another host: `fetch` leaves the authorization behind.
      return await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) })
    }
    try {
      const first = await send(authorizations.get(key))
      const challenge = first.headers.get('www-authenticate')
      if (first.status !== 401 || challenge === null) return first
      await first.body?.cancel()
      const known = credentials ?? (/^basic /i.test(challenge) ? await login?.(registry) : undefined)
      const authorization = await authorize({ challenge, repository, credentials: known, signal })
      if (authorization === undefined) return first
      authorizations.set(key, authorization)
      return await send(authorization)
    } catch (cause) {
      if (signal.aborted || cause instanceof DockerError || cause instanceof AwsCallError) throw cause
      throw unreachable(registry, cause)
    }
  }

  return {
    manifest: async (reference, digest = reference.digest) =>
      verified(
        await read(reference, `manifests/${digest ?? reference.tag}`, MANIFEST_TYPES),
        digest,
        reference.registry,
      ),
    blob: async (reference, digest) => verified(await read(reference, `blobs/${digest}`), digest, reference.registry),
  }
}

/** Whether a registry takes the credentials. Rejects with a `DockerError` where it does not answer. */
export async function checkLogin(
  registry: string,
  credentials: RegistryCredentials,
  signal: AbortSignal,
): Promise<boolean> {
  const send = async (headers: Record<string, string>): Promise<Response> => {
    const answer = await fetch(`${baseUrl(registry)}/v2/`, {
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await answer.body?.cancel()
    return answer
  }
  try {
    const first = await send({})
    const challenge = first.headers.get('www-authenticate')
    if (first.status !== 401 || challenge === null) return first.ok
    const authorization = await authorize({ challenge, credentials, signal })
    return authorization !== undefined && (await send({ authorization })).ok
  } catch (cause) {
    throw unreachable(registry, cause)
  }
}

/** Plain HTTP on the loopback only, as the engine does. */
function baseUrl(registry: string): string {
  const host = registry.replace(/:\d+$/, '')
  const isLoopback = host === 'localhost' || host.startsWith('127.') || host === '[::1]'
  return `${isLoopback ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`
}

async function readBounded(response: Response, registry: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_BYTES)
      throw new DockerError({
        status: 500,
        message: `registry ${registry} sent more than ${MAX_BYTES} bytes of manifest`,
      })
  }
  return Buffer.concat(chunks)
}

function verified(blob: RegistryBlob, digest: string | undefined, registry: string): RegistryBlob {
  if (digest === undefined || blob.digest === digest) return blob
  throw new DockerError({
    status: 500,
    message: `registry ${registry} sent ${blob.digest} where ${digest} was asked for`,
  })
}
