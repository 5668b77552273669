import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packRootFilesystem } from './ensure-test-image.ts'

export interface TestRegistry {
  /** `127.0.0.1:<port>`: engines talk plain HTTP to registries on the loopback. */
  readonly address: string
  /** Publishes a busybox image whose `GREETING` is `greeting`; publishing again moves the tag. Returns the reference. */
  publish(repository: string, options?: PublishOptions): Promise<string>
  /** Paths asked for so far. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

interface PublishOptions {
  readonly greeting?: string
  /** Default `latest`. */
  readonly tag?: string
  /** The manifest names a layer that the registry does not have. */
  readonly missingLayer?: boolean
  /** The registry begins to send the layer and never ends. */
  readonly stall?: boolean
}

interface Blob {
  readonly type: string
  readonly content: Buffer
  readonly stall?: boolean
}

/** A container registry in this process, enough to pull from. With `credentials`, every request needs them. */
export async function startTestRegistry(
  credentials?: { username: string; password: string },
  failWith?: number,
): Promise<TestRegistry> {
  const blobs = new Map<string, Blob>()
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (failWith !== undefined)
      return void response
        .writeHead(failWith)
        .end('{"errors":[{"code":"TOOMANYREQUESTS","message":"toomanyrequests: slow down"}]}')
    if (!authorised(request, credentials)) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
    }
    answer(request, response, blobs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    requests,
    async publish(repository, options = {}) {
      await addImage(blobs, repository, options)
      return `${address}/${repository}:${options.tag ?? 'latest'}`
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function authorised(request: IncomingMessage, credentials?: { username: string; password: string }): boolean {
  if (credentials === undefined) return true
  const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  return request.headers.authorization === `Basic ${expected}`
}

function answer(request: IncomingMessage, response: ServerResponse, blobs: ReadonlyMap<string, Blob>): void {
  const path = request.url ?? ''
  if (path === '/v2/') return void response.writeHead(200).end('{}')
  const [, repository, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(path) ?? []
  const key = kind === 'manifests' && !reference?.startsWith('sha256:') ? `${repository}:${reference}` : reference
  const blob = blobs.get(key ?? '')
  if (blob === undefined) {
    const code = kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN'
    const message = kind === 'blobs' ? 'unknown blob' : 'manifest unknown'
    return void response.writeHead(404).end(JSON.stringify({ errors: [{ code, message }] }))
  }
  response.writeHead(200, {
    'content-type': blob.type,
    'content-length': blob.content.length,
    'docker-content-digest': digestOf(blob.content),
  })
  if (blob.stall === true) response.write(blob.content.subarray(0, 100))
  else response.end(request.method === 'HEAD' ? undefined : blob.content)
}

async function addImage(blobs: Map<string, Blob>, repository: string, options: PublishOptions): Promise<void> {
  const tar = await packRootFilesystem(await readFile('/bin/busybox'))
  const layer = gzipSync(tar, { level: 1 })
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin', `GREETING=${options.greeting ?? 'hello'}`], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      history: [{ created: '2020-01-01T00:00:00Z' }],
    }),
  )
  const layerDigest = options.missingLayer === true ? digestOf(Buffer.from('missing')) : digestOf(layer)
  const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'
  const configType = 'application/vnd.docker.container.image.v1+json'
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: configType, size: config.length, digest: digestOf(config) },
      layers: [
        { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: layerDigest },
      ],
    }),
  )
  blobs.set(digestOf(layer), { type: 'application/octet-stream', content: layer, stall: options.stall === true })
  blobs.set(digestOf(config), { type: configType, content: config })
  blobs.set(digestOf(manifest), { type: manifestType, content: manifest })
  blobs.set(`${repository}:${options.tag ?? 'latest'}`, { type: manifestType, content: manifest })
}

/** Writes the image that a test registry publishes as an OCI image layout, `<folder>/<repository>`. */
export async function writeImageLayout(folder: string, repository: string, tag = 'latest'): Promise<void> {
  const blobs = new Map<string, Blob>()
  await addImage(blobs, repository, { tag })
  const layout = join(folder, repository)
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true })
  for (const [key, { content }] of blobs) {
    const [algorithm = '', digest = ''] = key.split(':')
    if (algorithm === 'sha256') await writeFile(join(layout, 'blobs', algorithm, digest), content)
  }
  const { type, content = Buffer.alloc(0) } = blobs.get(`${repository}:${tag}`) ?? {}
  const annotations = { 'org.opencontainers.image.ref.name': tag }
  const manifests = [{ mediaType: type, size: content.length, digest: digestOf(content), annotations }]
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
