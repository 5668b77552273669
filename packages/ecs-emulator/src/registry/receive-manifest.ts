import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { ImageLayout } from './image-layout.ts'
import { refuse } from './refuse.ts'

interface Content {
  readonly mediaType?: string
  readonly config?: { readonly digest?: string }
  readonly layers?: readonly { readonly digest?: string }[]
  readonly manifests?: readonly { readonly digest?: string }[]
}

/** Puts an image together of what has been uploaded; `reference` is its tag, or its digest. */
export async function receiveManifest(
  request: IncomingMessage,
  response: ServerResponse,
  { repository, layout, reference }: { repository: string; layout: ImageLayout; reference: string },
): Promise<void> {
  const content = await buffer(request)
  const manifest = parse(content)
  if (manifest === undefined) {
    refuse(response, 400, 'MANIFEST_INVALID', 'Invalid JSON syntax')
    return
  }
  const { config, layers = [], manifests = [] } = manifest
  const parts = [...(config === undefined ? [] : [config]), ...layers, ...manifests]
  const missing = parts.find(({ digest = '' }) => layout.find(digest) === undefined)
  if (missing !== undefined) {
    const message = `The layer with digest '${missing.digest}' required for pushing image does not exist`
    refuse(response, 404, 'BLOB_UNKNOWN', message)
    return
  }
  const mediaType = request.headers['content-type'] ?? manifest.mediaType ?? ''
  const digest = layout.putManifest({ mediaType, content }, reference.includes(':') ? undefined : reference)
  response.writeHead(201, { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest })
  response.end()
}

function parse(content: Buffer): Content | undefined {
  try {
    const value: unknown = JSON.parse(content.toString())
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
