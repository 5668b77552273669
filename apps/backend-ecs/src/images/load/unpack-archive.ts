import { join, posix } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import tar from 'tar-stream'
import { badRequest } from '../../errors/docker-error.ts'
import { type MeasuredFile, writeMeasured } from './measure.ts'

/** The files of an archive by their names in it; a link is the file that it leads to. */
export type UnpackedArchive = ReadonlyMap<string, MeasuredFile>

const GZIP = Buffer.from([0x1f, 0x8b])

/**
 * Unpacks a tar archive, gzipped or not, into a folder, under names of its own: those in the archive are not to be trusted.
 * Throws 400 where it is no such archive, or ends too early.
 */
export async function unpackArchive(archive: Readable, folder: string, signal: AbortSignal): Promise<UnpackedArchive> {
  const files = new Map<string, MeasuredFile>()
  const links = new Map<string, string>()
  // An archive may have a name twice: the last one counts.
  let unpacked = 0
  const extract = tar.extract()
  // Its error reaches the loop below as well.
  const fed = pipeline([...(await inflated(archive)), extract], { signal })
  fed.catch(() => undefined)
  try {
    for await (const entry of extract) {
      const { name, type, linkname } = entry.header
      const key = posix.normalize(name)
      if (type === 'file')
        files.set(key, await writeMeasured([Readable.from(entry)], join(folder, `entry-${unpacked++}`), signal))
      else if (linkname && type === 'symlink') links.set(key, posix.join(posix.dirname(key), linkname))
      else if (linkname && type === 'link') links.set(key, posix.normalize(linkname))
      entry.resume()
    }
    await fed
  } catch (cause) {
    if (signal.aborted || isOfThisMachine(cause)) throw cause
    throw Object.assign(badRequest(`docker load: the archive cannot be read: ${(cause as Error).message}`), { cause })
  }
  for (const [name, target] of links) {
    const file = files.get(target)
    if (file !== undefined) files.set(name, file)
  }
  return files
}

/** The stages that lead from what was sent to the plain archive. */
async function inflated(archive: Readable): Promise<[Readable, ...Transform[]]> {
  const chunks = archive[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  const first = await chunks.next()
  const head = first.done === true ? Buffer.alloc(0) : first.value
  const whole = Readable.from(
    (async function* () {
      yield head
      yield* chunks
    })(),
    { objectMode: false },
  )
  return head.subarray(0, GZIP.length).equals(GZIP) ? [whole, createGunzip()] : [whole]
}

/** No space, no right: errors of the system have the number of the call. Those of a broken archive have not. */
const isOfThisMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && typeof error.syscall === 'string'
