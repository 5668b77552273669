import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream'

/** The emulated ECR: images of a local folder, read over the distribution API V2. */
export interface ImageRegistry {
  /** What ECR's clients log in to; real ECR's address, which nothing here answers, where there is no folder. */
  readonly endpoint: () => string
  /** The user is always `AWS`. */
  readonly password: string
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>
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

const REPOSITORY = /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/
const DIGEST = /^sha256:([0-9a-f]{64})$/
/** Where the tag of an image stands in the index (OCI image layout specification). */
const REF_NAME = 'org.opencontainers.image.ref.name'

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly annotations?: Readonly<Record<string, string>>
}

export function createImageRegistry({ folder, url, ecrHost }: ImageRegistrySettings): ImageRegistry {
  const password = randomBytes(24).toString('base64url')
  const expected = Buffer.from(`Basic ${Buffer.from(`${REGISTRY_USER}:${password}`).toString('base64')}`)
  const isLoggedIn = ({ headers: { authorization = '' } }: IncomingMessage): boolean => {
    const given = Buffer.from(authorization)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  return {
    endpoint: () => (folder === undefined ? `https://${ecrHost}` : url()),
    password,
    async serve(request, response) {
      if (!isLoggedIn(request)) {
        response.setHeader('www-authenticate', `Basic realm="${url()}",service="ecr.amazonaws.com"`)
        refuse(response, 401, 'UNAUTHORIZED', 'Not Authorized')
        return
      }
      const path = request.url?.slice(REGISTRY_PATH.length) ?? ''
      const [, repository = '', kind, reference = ''] = /^(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        refuse(response, 405, 'UNSUPPORTED', 'The emulated ECR is read only: put images into its folder.')
      } else if (path === '') response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      else if (folder === undefined || !REPOSITORY.test(repository)) {
        refuse(response, 404, 'NAME_UNKNOWN', `The repository with name '${repository}' does not exist in the registry`)
      } else await answer(request, response, join(folder, repository), kind === 'manifests', reference)
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  layout: string,
  isManifest: boolean,
  reference: string,
): Promise<void> {
  const index = await readIndex(layout)
  const tagged = index.find(({ annotations }) => annotations?.[REF_NAME] === reference)
  const digest = DIGEST.exec(isManifest && tagged !== undefined ? tagged.digest : reference)?.[1]
  const file = digest === undefined ? undefined : join(layout, 'blobs', 'sha256', digest)
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined)
  if (file === undefined || found === undefined) {
    if (isManifest) refuse(response, 404, 'MANIFEST_UNKNOWN', 'Requested image not found')
    else refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    return
  }
  response.writeHead(200, {
    'content-type': isManifest ? await mediaTypeOf(file) : 'application/octet-stream',
    'content-length': found.size,
    'docker-content-digest': `sha256:${digest}`,
  })
  if (request.method === 'HEAD') response.end()
  else pipeline(createReadStream(file), response, () => {})
}

async function readIndex(layout: string): Promise<readonly Descriptor[]> {
  try {
    return (
      (JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests?: Descriptor[] }).manifests ?? []
    )
  } catch {
    // A repository that is not there has no images.
    return []
  }
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

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ errors: [{ code, message }] }))
}
