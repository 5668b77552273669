import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Readable } from 'node:stream'
import { badRequest, DockerError, notOnEcs } from '../../errors/docker-error.ts'
import type { ImageRecord } from '../../store/records.ts'
import { createEcrLogin } from '../ecr-credentials.ts'
import { parseReference } from '../image-reference.ts'
import { GO_ARCHITECTURES } from '../read-image.ts'
import { createRegistryClient } from '../registry-client.ts'
import { createRegistryConnection, type RegistryConnection } from '../registry-connection.ts'
import { createKeeper, type KeepParts, type LoadWork } from './keep-loaded-image.ts'
import { makeLoadFolder } from './make-load-folder.ts'
import type { MeasuredFile } from './measure.ts'
import { packLayer } from './pack-layer.ts'
import { pushBlob } from './push-image.ts'
import { readSavedImages, type SavedImage } from './read-saved-images.ts'
import { unpackArchive } from './unpack-archive.ts'

export type LoadProgress =
  | { readonly kind: 'layer'; readonly diffId: string; readonly position: number; readonly of: number }
  | { readonly kind: 'loaded'; readonly id: string; readonly tags: readonly string[] }

interface LoadParts extends KeepParts {
  readonly onLoaded: (image: ImageRecord) => void
}

/**
 * Pushes the images of an archive to `ecs.ecr_repository`, from where tasks pull them. What is wrong with the archive is known before
 * the first progress. An image gets its names when it is whole; its layers in ECR go by themselves if it never is.
 */
export async function* loadImages(
  parts: LoadParts,
  archive: Readable,
  signal: AbortSignal,
): AsyncGenerator<LoadProgress> {
  const target = parts.settings.ecs.ecr_repository
  if (target === undefined) {
    throw notOnEcs('docker load', 'layers live in registries; name a repository of ECR for them in ecs.ecr_repository')
  }
  const folder = await makeLoadFolder(tmpdir(), parts.now())
  try {
    const images = await readSavedImages(await unpackArchive(archive, folder, signal))
    for (const image of images) checkImage(image, parts.settings)
    for (const image of images) yield* loadImage(parts, { image, repository: parseReference(target), signal })
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause
    const message = `docker load: no space left in ${tmpdir()}, where archives are unpacked (TMPDIR names another folder)`
    throw new DockerError({ status: 500, message, cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function checkImage({ configuration, tags }: SavedImage, { ecs }: LoadParts['settings']): void {
  for (const tag of tags) parseReference(tag)
  const { architecture } = configuration
  if (architecture === undefined || architecture === GO_ARCHITECTURES[ecs.cpu_architecture]) return
  throw badRequest(
    `docker load: ${tags[0] ?? 'the image'} is made for ${String(architecture)}, and tasks run on ${ecs.cpu_architecture} (ecs.cpu_architecture)`,
  )
}

async function* loadImage(parts: LoadParts, work: LoadWork): AsyncGenerator<LoadProgress> {
  const { image, signal } = work
  const { aws, settings } = parts
  const options = { login: createEcrLogin({ aws, settings }), actions: 'pull,push' as const, signal }
  const connection = createRegistryConnection(options)
  const lasting = { ...options, signal: new AbortController().signal }
  const keeper = createKeeper(parts, {
    ...work,
    connection: createRegistryConnection(lasting),
    client: createRegistryClient(lasting),
  })
  let kept: readonly ImageRecord[] | undefined
  while (kept === undefined) {
    let layers: MeasuredFile[] | undefined
    if (!(await keeper.isPushed())) {
      layers = []
      for await (const { packed, ...progress } of pushLayers(connection, work)) {
        layers.push(packed)
        yield { kind: 'layer', ...progress }
      }
    }
    kept = await keeper.keep(layers)
  }
  for (const record of kept) parts.onLoaded(record)
  yield { kind: 'loaded', id: image.config.digest, tags: image.tags }
}

async function* pushLayers(connection: RegistryConnection, { image, repository, signal }: LoadWork) {
  for (const [position, layer] of image.layers.entries()) {
    const packed = await packLayer(layer, signal)
    await pushBlob(connection, repository, packed)
    yield { packed, diffId: layer.diffId, position, of: image.layers.length }
  }
  await pushBlob(connection, repository, image.config)
}
