import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { DockerError } from '../../errors/docker-error.ts'
import type { RegistryConnection } from '../registry-connection.ts'
import { refusedPush } from '../registry-error.ts'
import type { MeasuredFile } from './measure.ts'

export interface Repository {
  readonly registry: string
  readonly repository: string
}

const CONFIG_TYPE = 'application/vnd.docker.container.image.v1+json'
const LAYER_TYPE = 'application/vnd.docker.image.rootfs.diff.tar.gzip'
export const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json'

/**
 * Pushes content in one piece, unless the repository has it: ECR takes pieces of any size, and loses those that follow a first one
 * (aws/containers-roadmap#2831). Rejects with a `DockerError` that has the registry's reason.
 */
export async function pushBlob(
  connection: RegistryConnection,
  repository: Repository,
  { path, size, digest }: MeasuredFile,
): Promise<void> {
  const known = await connection.send(repository, { method: 'HEAD', path: `blobs/${digest}` })
  if (known.ok) return
  const begun = await connection.send(repository, { method: 'POST', path: 'blobs/uploads/' })
  const location = begun.headers.get('location')
  if (begun.status !== 202 || location === null) throw await refusedPush(repository, begun)
  await begun.body?.cancel()
  const ended = await connection.send(repository, {
    method: 'PUT',
    path: withDigest(location, digest),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    // `fetch` fails with it; before it reads, nobody else would hear of a file that cannot be opened.
    body: () => createReadStream(path).on('error', () => undefined),
  })
  if (!ended.ok) throw await refusedPush(repository, ended)
  await ended.body?.cancel()
}

const withDigest = (location: string, digest: string): string =>
  `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`

interface ImageParts {
  readonly config: MeasuredFile
  /** Gzipped, lowest first. */
  readonly layers: readonly MeasuredFile[]
}

interface Manifest {
  readonly content: Buffer
  readonly digest: string
}

export function makeManifest({ config, layers }: ImageParts): Manifest {
  const descriptor =
    (mediaType: string) =>
    ({ size, digest }: MeasuredFile) => ({ mediaType, size, digest })
  const content = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: descriptor(CONFIG_TYPE)(config),
      layers: layers.map(descriptor(LAYER_TYPE)),
    }),
  )
  return { content, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` }
}

/**
 * Makes an image of what has been pushed. Resolves with why the registry will not have it; rejects where nobody can say whether
 * it has it now.
 */
export async function pushManifest(
  connection: RegistryConnection,
  repository: Repository,
  { content, tag }: Pick<Manifest, 'content'> & { readonly tag: string },
): Promise<DockerError | undefined> {
  const answer = await connection.send(repository, {
    method: 'PUT',
    path: `manifests/${tag}`,
    headers: { 'content-type': MANIFEST_TYPE },
    body: () => content,
  })
  if (answer.ok) {
    await answer.body?.cancel()
    return undefined
  }
  const refusal = await refusedPush(repository, answer)
  if (answer.status >= 500) throw refusal
  return refusal
}
