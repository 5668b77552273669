import { createHash } from 'node:crypto'
import { DockerError } from '../errors/docker-error.ts'
import type { ImageReference } from './image-reference.ts'
import { authorize } from './registry-authorization.ts'
import {
  type ConnectionOptions,
  createRegistryConnection,
  REGISTRY_TIMEOUT_MS,
  registryUrl,
} from './registry-connection.ts'
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

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
/** The bound that registries keep for manifests; configurations are smaller. */
const MAX_BYTES = 4 * 1024 * 1024

/** Distribution API V2, with whatever a registry asks for: nothing, a password, or a token. Errors are Docker's. */
export function createRegistryClient(options: ConnectionOptions): RegistryClient {
  const connection = createRegistryConnection(options)

  async function read(reference: ImageReference, path: string, accept?: string): Promise<RegistryBlob> {
    const response = await connection.send(reference, {
      path,
      ...(accept === undefined ? {} : { headers: { accept } }),
    })
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
    const answer = await fetch(`${registryUrl(registry)}/v2/`, {
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_TIMEOUT_MS)]),
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
