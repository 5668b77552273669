import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ImageLayout } from './image-layout.ts'
import { refuse } from './refuse.ts'

/** Takes in layers, whole or piece by piece, as the distribution API V2 has them sent: POST, PATCH, PUT. */
export interface Uploads {
  /** `id` is empty for a new one. */
  receive(request: IncomingMessage, response: ServerResponse, target: UploadTarget): Promise<void>
  /** Drops what was begun and not finished. */
  close(): Promise<void>
}

interface UploadTarget {
  readonly repository: string
  readonly layout: ImageLayout
  readonly id: string
}

const UUID = /^[0-9a-f-]{36}$/

/** They wait in a folder of the registry's, so that what is whole needs only another name. No repository's name begins with a dot. */
export function createUploads(registryFolder: string): Uploads {
  const folder = join(registryFolder, '.uploads')
  const pathOf = (id: string): string => join(folder, id)

  async function accepted(response: ServerResponse, { repository, id }: UploadTarget): Promise<void> {
    const { size } = await stat(pathOf(id))
    response.writeHead(202, {
      location: `/v2/${repository}/blobs/uploads/${id}`,
      'docker-upload-uuid': id,
      range: `0-${Math.max(size - 1, 0)}`,
    })
    response.end()
  }

  return {
    async receive(request, response, target) {
      if (request.method === 'POST') {
        const id = randomUUID()
        await mkdir(folder, { recursive: true })
        await writeFile(pathOf(id), '')
        await accepted(response, { ...target, id })
        return
      }
      const path = pathOf(target.id)
      if (!UUID.test(target.id) || (await stat(path).catch(() => undefined)) === undefined) {
        refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
        return
      }
      await pipeline(request, createWriteStream(path, { flags: 'a' }))
      if (request.method !== 'PUT') await accepted(response, target)
      else await finish(request, response, target, path)
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

async function finish(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  { repository, layout }: UploadTarget,
  path: string,
): Promise<void> {
  const digest = new URL(url, 'http://registry').searchParams.get('digest') ?? ''
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  if (`sha256:${hash.digest('hex')}` !== digest) {
    await rm(path)
    refuse(response, 400, 'DIGEST_INVALID', 'Layer digests do not match the digests of what was sent')
    return
  }
  await mkdir(dirname(layout.pathOf(digest)), { recursive: true })
  await rename(path, layout.pathOf(digest))
  response.writeHead(201, { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest })
  response.end()
}
