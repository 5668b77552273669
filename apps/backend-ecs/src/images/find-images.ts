import type { ImageRecord } from '../store/records.ts'
import { fullReference, type ImageReference, parseReference } from './image-reference.ts'

/** Shorter beginnings of ids are left to names. */
const SHORTEST_ID = 4

/** The records that a name means: one by its reference, all of one image by its id, the id's beginning, or a digest. */
export function findImages(images: readonly ImageRecord[], name: string): ImageRecord[] {
  const reference = parsed(name)
  if (reference !== undefined) {
    const full = fullReference(reference)
    const named = images.filter((image) => image.reference === full || isDigestOf(image, reference))
    if (named.length > 0) return named
  }
  const hex = name.replace(/^sha256:/, '')
  if (!/^[0-9a-f]+$/.test(hex) || hex.length < SHORTEST_ID) return []
  const found = images.filter(({ id }) => id.startsWith(`sha256:${hex}`))
  return new Set(found.map(({ id }) => id)).size === 1 ? found : []
}

function isDigestOf(image: ImageRecord, { registry, repository, digest }: ImageReference): boolean {
  if (digest === undefined || (image.digest !== digest && image.manifestDigest !== digest)) return false
  const own = parseReference(image.reference)
  return own.registry === registry && own.repository === repository
}

function parsed(name: string): ImageReference | undefined {
  try {
    return parseReference(name)
  } catch {
    return undefined
  }
}
