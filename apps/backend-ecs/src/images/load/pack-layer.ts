import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { badRequest } from '../../errors/docker-error.ts'
import { type MeasuredFile, writeMeasured } from './measure.ts'
import type { SavedLayer } from './read-saved-images.ts'

/** The layer gzipped, as registries have them. Throws 400 where it is not what the configuration says. */
export async function packLayer({ file, diffId }: SavedLayer, signal: AbortSignal): Promise<MeasuredFile> {
  if (file.digest === diffId) {
    return await writeMeasured([createReadStream(file.path), createGzip()], `${file.path}.gz`, signal)
  }
  const plain = await plainDigest(file, signal)
  if (plain === diffId) return file
  throw badRequest(
    `docker load: a layer is ${plain ?? `${file.digest}, not gzipped,`} where the configuration of the image says ${diffId}: the archive is damaged, or its layers are packed in another way than gzip`,
  )
}

/** Undefined where it is not gzipped, or damaged. */
async function plainDigest({ path }: MeasuredFile, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), createGunzip(), hash, { signal })
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
  return `sha256:${hash.digest('hex')}`
}
