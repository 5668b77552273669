import { badRequest } from '../errors/docker-error.ts'
import { hasLabel } from '../http/read-filters.ts'
import type { ImageRecord } from '../store/records.ts'
import { findImages } from './find-images.ts'
import { imageCreatedAt, imageLabels } from './image-config.ts'
import { familiarName, familiarReference, parseReference } from './image-reference.ts'

type Records = [ImageRecord, ...ImageRecord[]]

/** References of one image together, newest image first, as far as the filters ask for them. */
export function listImages(images: readonly ImageRecord[], filters: ReadonlyMap<string, readonly string[]>): Records[] {
  const byId = Map.groupBy(
    images.filter(({ reference }) => fitsReference(reference, filters.get('reference'))),
    ({ id }) => id,
  )
  const groups = [...byId.values()] as Records[]
  return groups
    .filter(([image]) => (filters.get('label') ?? []).every((label) => hasLabel(imageLabels(image.config), label)))
    .filter((records) => fitsDangling(records, filters.get('dangling')?.[0]))
    .filter(([image]) => fitsAge(images, image, filters))
    .sort(([left], [right]) => createdOf(right) - createdOf(left))
}

const createdOf = ({ config }: ImageRecord): number => imageCreatedAt(config)

function fitsReference(reference: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true
  const parsed = parseReference(reference)
  const names = [familiarReference(parsed), familiarName(parsed), reference]
  return patterns.some((pattern) => names.some((name) => toPattern(pattern).test(name)))
}

/** As Docker's `path.Match`: `*` does not cross a slash. */
const toPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )

function fitsDangling(records: Records, value: string | undefined): boolean {
  if (value === undefined) return true
  const isDangling = records.every(({ reference }) => reference.includes('@'))
  return isDangling === (value === 'true' || value === '1')
}

function fitsAge(
  images: readonly ImageRecord[],
  image: ImageRecord,
  filters: ReadonlyMap<string, readonly string[]>,
): boolean {
  const other = (name: string): number => {
    const [found] = findImages(images, name)
    if (found === undefined) throw badRequest(`no such image: ${name}`)
    return createdOf(found)
  }
  const [before] = filters.get('before') ?? []
  const [since] = filters.get('since') ?? []
  return (
    (before === undefined || createdOf(image) < other(before)) &&
    (since === undefined || createdOf(image) > other(since))
  )
}
