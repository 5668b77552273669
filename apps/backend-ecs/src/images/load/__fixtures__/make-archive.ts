import { createHash } from 'node:crypto'
import tar from 'tar-stream'

export interface ArchiveOptions {
  /** Default `loaded/app:1`; null as for an image that was saved by its id. */
  readonly tags?: readonly string[] | null
  /** Told apart by it; default `a`. */
  readonly greeting?: string
  /** Default that of x86. */
  readonly architecture?: string
  /** Changes the files of the archive before they are packed. */
  readonly change?: (files: Map<string, Buffer>) => void
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** An archive as `docker save` of Docker 20.10 writes it, of an image with one layer. Nothing in it can run. */
export async function makeArchive(options: ArchiveOptions = {}): Promise<Buffer> {
  const { tags = ['loaded/app:1'], greeting = 'a', architecture = 'amd64', change } = options
  const layer = await pack(new Map([['etc/greeting', Buffer.from(greeting)]]))
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Env: [`GREETING=${greeting}`], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: '2020-01-01T00:00:00Z' }],
    }),
  )
  const entry = { Config: `${sha256(config)}.json`, RepoTags: tags, Layers: ['layer/layer.tar'] }
  const files = new Map([
    ['layer/layer.tar', layer],
    [entry.Config, config],
    ['manifest.json', Buffer.from(JSON.stringify([entry]))],
  ])
  change?.(files)
  return await pack(files)
}

async function pack(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const archive = tar.pack()
  for (const [name, content] of files) archive.entry({ name, mtime: new Date(0) }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
