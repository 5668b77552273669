import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A file of the load's own folder, which nobody changes. */
export interface MeasuredFile {
  readonly path: string
  readonly size: number
  /** `sha256:…` */
  readonly digest: string
}

/** Writes what comes out of the last stage, and measures it on the way. */
export async function writeMeasured(
  stages: [Readable, ...Transform[]],
  path: string,
  signal: AbortSignal,
): Promise<MeasuredFile> {
  const hash = createHash('sha256')
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  await pipeline([...stages, measure, createWriteStream(path)], { signal })
  return { path, size, digest: `sha256:${hash.digest('hex')}` }
}
