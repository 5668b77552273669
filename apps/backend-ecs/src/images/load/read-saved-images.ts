import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { badRequest } from '../../errors/docker-error.ts'
import type { MeasuredFile } from './measure.ts'
import type { UnpackedArchive } from './unpack-archive.ts'

/** An image of an archive that `docker save` has written. */
export interface SavedImage {
  /** As in the archive; none where it was saved by its id. */
  readonly tags: readonly string[]
  /** Its digest is the image's id. */
  readonly config: MeasuredFile
  readonly configuration: Readonly<Record<string, unknown>>
  /** Lowest first; each a tar archive, gzipped or not. */
  readonly layers: readonly SavedLayer[]
}

export interface SavedLayer {
  readonly file: MeasuredFile
  /** `sha256:…` of the plain archive, as the configuration has it. */
  readonly diffId: string
}

/** Far more than any has. */
const MAX_JSON_BYTES = 4 * 1024 * 1024

/** Reads `manifest.json`, which every version of Docker writes, and what it names. Throws 400 for what does not fit together. */
export async function readSavedImages(archive: UnpackedArchive): Promise<SavedImage[]> {
  const find = (name: string, of: string): MeasuredFile => {
    const file = archive.get(posix.normalize(name))
    if (file === undefined) throw invalid(`${of} is missing in the archive: ${JSON.stringify(name)}`)
    return file
  }
  const manifest = archive.get('manifest.json')
  if (manifest === undefined) {
    throw invalid(
      'manifest.json is missing in the archive; make it with docker save, or of an OCI layout with: skopeo copy oci-archive:FILE docker-archive:FILE:NAME',
    )
  }
  const entries = await readJson(manifest, 'manifest.json')
  if (!Array.isArray(entries)) throw invalid('manifest.json is not a list')
  return await Promise.all(
    entries.map(async (entry: unknown) => {
      const { Config, RepoTags, Layers } = (entry ?? {}) as Record<string, unknown>
      if (typeof Config !== 'string' || !isTexts(Layers) || !(RepoTags == null || isTexts(RepoTags)))
        throw invalid('manifest.json does not name Config, Layers and RepoTags')
      const config = find(Config, 'the configuration')
      const configuration = (await readJson(config, Config)) as SavedImage['configuration']
      const diffIds = (configuration?.rootfs as { diff_ids?: unknown } | undefined)?.diff_ids
      if (!isTexts(diffIds) || diffIds.length !== Layers.length)
        throw invalid(`${Config} does not have one entry of rootfs.diff_ids for each of ${Layers.length} layers`)
      const layers = Layers.map((name, position) => ({ file: find(name, 'a layer'), diffId: diffIds[position] ?? '' }))
      return { tags: RepoTags ?? [], config, configuration, layers }
    }),
  )
}

async function readJson({ path, size }: MeasuredFile, name: string): Promise<unknown> {
  if (size > MAX_JSON_BYTES) throw invalid(`${name} has more than ${MAX_JSON_BYTES} bytes`)
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch {
    throw invalid(`${name} is not JSON`)
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const invalid = (why: string) => badRequest(`docker load: ${why}`)
