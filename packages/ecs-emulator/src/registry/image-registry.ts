import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { type ImageLayout, openImageLayout } from './image-layout.ts'
import { receiveManifest } from './receive-manifest.ts'
import { createUploads } from './receive-uploads.ts'
import { refuse } from './refuse.ts'

/** The emulated ECR: images of a local folder, read and pushed over the distribution API V2. */
export interface ImageRegistry {
  /** What ECR's clients log in to; real ECR's address, which nothing here answers, where there is no folder. */
  readonly endpoint: () => string
  /** The user is always `AWS`. */
  readonly password: string
  /** Undefined where there is no such repository. */
  repository(name: string): ImageLayout | undefined
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

export interface ImageRegistrySettings {
  /** Holds a folder for each repository, each an OCI image layout: what `skopeo copy … oci:<folder>/<repository>:<tag>` writes. */
  readonly folder?: string | undefined
  /** Where the emulator listens, once it does. */
  readonly url: () => string
  readonly ecrHost: string
}

export const REGISTRY_PATH = '/v2/'
/** ECR's user for every token. */
export const REGISTRY_USER = 'AWS'

export function createImageRegistry({ folder, url, ecrHost }: ImageRegistrySettings): ImageRegistry {
  const password = randomBytes(24).toString('base64url')
  const expected = Buffer.from(`Basic ${Buffer.from(`${REGISTRY_USER}:${password}`).toString('base64')}`)
  const uploads = folder === undefined ? undefined : createUploads(folder)
  const isLoggedIn = ({ headers: { authorization = '' } }: IncomingMessage): boolean => {
    const given = Buffer.from(authorization)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  const repositoryOf = (name: string) => (folder === undefined ? undefined : openImageLayout(folder, name))
  return {
    endpoint: () => (folder === undefined ? `https://${ecrHost}` : url()),
    password,
    repository: repositoryOf,
    async serve(request, response) {
      if (!isLoggedIn(request)) {
        response.setHeader('www-authenticate', `Basic realm="${url()}",service="ecr.amazonaws.com"`)
        refuse(response, 401, 'UNAUTHORIZED', 'Not Authorized')
        return
      }
      const path = request.url?.slice(REGISTRY_PATH.length).split('?')[0] ?? ''
      const [, repository = '', kind, reference = ''] =
        /^(.+)\/(manifests|blobs\/uploads|blobs)\/([^/]*)$/.exec(path) ?? []
      const layout = repositoryOf(repository)
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (path === '') response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      else if (layout === undefined || uploads === undefined) {
        refuse(response, 404, 'NAME_UNKNOWN', `The repository with name '${repository}' does not exist in the registry`)
      } else if (isRead) await answer(request, response, layout, kind === 'manifests', reference)
      else if (kind === 'blobs/uploads') await uploads.receive(request, response, { repository, layout, id: reference })
      else if (kind === 'manifests' && request.method === 'PUT') {
        await receiveManifest(request, response, { repository, layout, reference })
      } else refuse(response, 405, 'UNSUPPORTED', `The emulated ECR has no ${request.method} of ${kind}.`)
    },
    close: async () => await uploads?.close(),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  layout: ImageLayout,
  isManifest: boolean,
  reference: string,
): Promise<void> {
  const digest = (isManifest ? layout.digestOf(reference) : undefined) ?? reference
  const found = layout.find(digest)
  if (found === undefined) {
    if (isManifest) refuse(response, 404, 'MANIFEST_UNKNOWN', 'Requested image not found')
    else refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    return
  }
  response.writeHead(200, {
    'content-type': isManifest ? await mediaTypeOf(found.path) : 'application/octet-stream',
    'content-length': found.size,
    'docker-content-digest': digest,
  })
  if (request.method === 'HEAD') response.end()
  else pipeline(createReadStream(found.path), response, () => {})
}

/** A manifest says what it is; those of OCI need not. */
async function mediaTypeOf(file: string): Promise<string> {
  const { mediaType, manifests } = JSON.parse(await readFile(file, 'utf8')) as {
    mediaType?: string
    manifests?: unknown
  }
  const kind = manifests === undefined ? 'manifest' : 'index'
  return mediaType ?? `application/vnd.oci.image.${kind}.v1+json`
}
