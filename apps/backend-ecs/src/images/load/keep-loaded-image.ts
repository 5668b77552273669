import type { BackendDeps } from '../../backend-deps.ts'
import type { ImageRecord } from '../../store/records.ts'
import type { ImageRecords } from '../image-records.ts'
import { fullReference, parseReference } from '../image-reference.ts'
import { readImage } from '../read-image.ts'
import type { RegistryClient } from '../registry-client.ts'
import type { RegistryConnection } from '../registry-connection.ts'
import { loadedTagOf } from './loaded-image.ts'
import type { MeasuredFile } from './measure.ts'
import { MANIFEST_TYPE, makeManifest, pushManifest, type Repository } from './push-image.ts'
import type { SavedImage } from './read-saved-images.ts'

export interface KeepParts extends Pick<BackendDeps, 'aws' | 'settings' | 'instance' | 'now'> {
  readonly images: ImageRecords
}

export interface LoadWork {
  readonly image: SavedImage
  readonly repository: Repository
  readonly signal: AbortSignal
}

/** Of one image of an archive: the last step of loading it. */
export interface Keeper {
  isPushed(): Promise<boolean>
  /**
   * Makes an image of the layers in ECR, unless it is there, and makes it known under its names. Undefined where it is not there
   * and there are no layers, because somebody has removed it in the meantime.
   */
  keep(layers: readonly MeasuredFile[] | undefined): Promise<readonly ImageRecord[] | undefined>
}

interface KeepWork extends LoadWork {
  /** Does not end with the client: what is in ECR must be known. */
  readonly connection: RegistryConnection
  readonly client: RegistryClient
}

export function createKeeper(parts: KeepParts, { image, repository, connection, client }: KeepWork): Keeper {
  const { images, settings, instance, now } = parts
  const tag = loadedTagOf(instance, image.config.digest)
  const path = `manifests/${tag}`
  const headers = { accept: MANIFEST_TYPE }
  const isPushed = async () => (await connection.send(repository, { method: 'HEAD', path, headers })).ok
  const recordOf = (read: Omit<ImageRecord, 'pulledAt' | 'loadedTag'>): ImageRecord => ({
    ...read,
    reference: read.source,
    loadedTag: tag,
    pulledAt: now().toISOString(),
  })

  async function push(layers: readonly MeasuredFile[]): Promise<ImageRecord> {
    const manifest = makeManifest({ config: image.config, layers })
    const source = `${repository.registry}/${repository.repository}@${manifest.digest}`
    const nameless = recordOf({
      reference: source,
      id: image.config.digest,
      manifestDigest: manifest.digest,
      digest: manifest.digest,
      source,
      config: image.configuration,
      size: layers.reduce((sum, { size }) => sum + size, image.config.size),
      layers: layers.map(({ digest, size }) => ({ digest, size })),
    })
    // The intent first: where this process dies after the push, or there is no answer, a prune finds what may be in ECR.
    images.keepNameless(nameless)
    const refusal = await pushManifest(connection, repository, { ...manifest, tag })
    if (refusal === undefined) return nameless
    await images.forget(nameless).catch(() => undefined)
    throw refusal
  }

  const read = async (): Promise<ImageRecord> =>
    recordOf(await readImage(client, { ...repository, tag }, settings.ecs.cpu_architecture))

  return {
    isPushed,
    keep: (layers) =>
      images.exclusively(tag, async () => {
        const isThere = await isPushed()
        if (!isThere && layers === undefined) return undefined
        const nameless = isThere || layers === undefined ? await read() : await push(layers)
        const named = image.tags.map((name) => ({ ...nameless, reference: fullReference(parseReference(name)) }))
        for (const record of named) images.keep(record)
        if (named.length === 0) images.keepNameless(nameless)
        else images.dropNameless(nameless)
        return named.length === 0 ? [nameless] : named
      }),
  }
}
