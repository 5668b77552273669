import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sync as writeFileAtomicSync } from 'write-file-atomic'

/** One repository: an OCI image layout, which is made of an empty folder by the first image. */
export interface ImageLayout {
  /** Digest of what a tag names. */
  digestOf(tag: string): string | undefined
  /** Where content lies; undefined where it is not there, or the digest is none. */
  find(digest: string): { readonly path: string; readonly size: number } | undefined
  /** Where content under this digest belongs. */
  pathOf(digest: string): string
  /** Keeps a manifest, and moves the tag to it. Returns its digest. */
  putManifest(manifest: Manifest, tag: string | undefined): string
  /** False where there is no such tag. An image goes with its last tag, as in ECR; layers stay. */
  untag(tag: string): boolean
}

interface Manifest {
  readonly mediaType: string
  readonly content: Buffer
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size?: number
  readonly annotations?: Readonly<Record<string, string>>
}

/** Where the tag of an image stands in the index (OCI image layout specification). */
const REF_NAME = 'org.opencontainers.image.ref.name'
const REPOSITORY = /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/
const DIGEST = /^sha256:([0-9a-f]{64})$/

/** Undefined where the registry's folder has no such repository. What is written is whole or not there. */
export function openImageLayout(folder: string, repository: string): ImageLayout | undefined {
  if (!REPOSITORY.test(repository)) return undefined
  const layout = join(folder, repository)
  if (statSync(layout, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined
  const pathOf = (digest: string): string => join(layout, 'blobs', ...digest.split(':'))
  const tagOf = ({ annotations }: Descriptor): string | undefined => annotations?.[REF_NAME]
  const index = (): readonly Descriptor[] => readIndex(layout)
  const write = (manifests: readonly Descriptor[]): void => {
    writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    writeFileAtomicSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  }
  return {
    digestOf: (tag) => index().find((entry) => tagOf(entry) === tag)?.digest,
    find(digest) {
      if (!DIGEST.test(digest)) return undefined
      const found = statSync(pathOf(digest), { throwIfNoEntry: false })
      return found === undefined ? undefined : { path: pathOf(digest), size: found.size }
    },
    pathOf,
    putManifest({ mediaType, content }, tag) {
      const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
      mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true })
      writeFileAtomicSync(pathOf(digest), content)
      const entry = { mediaType, digest, size: content.length }
      const others = index().filter((other) => (tag === undefined ? other.digest !== digest : tagOf(other) !== tag))
      write([...others, tag === undefined ? entry : { ...entry, annotations: { [REF_NAME]: tag } }])
      return digest
    },
    untag(tag) {
      const entries = index()
      const gone = entries.find((entry) => tagOf(entry) === tag)
      if (gone === undefined) return false
      const others = entries.filter((entry) => entry !== gone)
      write(others)
      if (others.every(({ digest }) => digest !== gone.digest)) rmSync(pathOf(gone.digest), { force: true })
      return true
    },
  }
}

function readIndex(layout: string): readonly Descriptor[] {
  try {
    return (
      (JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests?: Descriptor[] }).manifests ?? []
    )
  } catch {
    // A repository without an index has no images yet.
    return []
  }
}
