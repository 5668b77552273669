import AsyncLock from 'async-lock'
import type { BackendDeps } from '../backend-deps.ts'
import type { ImageRecord } from '../store/records.ts'
import { releaseLoadedImage } from './load/loaded-image.ts'

/** Which images are known, and under which names. What was loaded is in ECR as long as there is a record of it. */
export interface ImageRecords {
  list(): ImageRecord[]
  get(reference: string): ImageRecord | undefined
  /** Short id of a container that uses the image. */
  userOf(id: string): string | undefined
  /** Makes it known under its reference. A loaded image that had the name before is kept without one, as Docker does. */
  keep(image: ImageRecord): void
  /** Makes a loaded image known under where it is in ECR, unless it has a name. */
  keepNameless(image: ImageRecord): void
  /** Away with the record without a name, where there are others. */
  dropNameless(image: ImageRecord): void
  /** Takes a reference away, and with the last one a loaded image from ECR, unless a container uses it. */
  forget(image: ImageRecord): Promise<void>
  /** What is done about one loaded image is done one after the other. */
  exclusively<Result>(loadedTag: string, work: () => Promise<Result>): Promise<Result>
}

export function createImageRecords({ aws, store }: Pick<BackendDeps, 'aws' | 'store'>): ImageRecords {
  const { images, containers } = store
  const locks = new AsyncLock()
  const userOf = (id: string): string | undefined =>
    containers
      .list()
      .find(({ imageId }) => imageId === id)
      ?.id.slice(0, 12)
  const isHeldByOthers = (image: ImageRecord): boolean =>
    images.list().some((other) => isSameInEcr(other, image) && other.reference !== image.reference)

  function keepNameless(image: ImageRecord): void {
    if (image.loadedTag !== undefined && !isHeldByOthers(image)) images.insert({ ...image, reference: image.source })
  }

  return {
    list: () => images.list(),
    get: (reference) => images.get(reference),
    userOf,
    keepNameless,
    keep(image) {
      const known = images.get(image.reference)
      if (known !== undefined && !isSameInEcr(known, image)) keepNameless(known)
      if (!images.insert(image)) images.replace(image)
    },
    dropNameless(image) {
      const nameless = { ...image, reference: image.source }
      if (isHeldByOthers(nameless)) images.delete(nameless.reference)
    },
    async forget(image) {
      if (image.loadedTag === undefined) return void images.delete(image.reference)
      if (userOf(image.id) !== undefined) {
        keepNameless(image)
        if (image.reference === image.source) return
      } else if (!isHeldByOthers(image)) {
        // Before the record: where this process dies in between, it is left, and can be forgotten once more.
        await releaseLoadedImage(aws, image)
        // Kept meanwhile, by somebody who took the last name: there is nothing behind it any more.
        const nameless = images.get(image.source)
        if (nameless !== undefined && isSameInEcr(nameless, image)) images.delete(image.source)
      }
      // Another image may have come by the name meanwhile.
      if (images.get(image.reference)?.id === image.id) images.delete(image.reference)
    },
    exclusively: (loadedTag, work) => locks.acquire(loadedTag, work),
  }
}

/** Whether one tag of one repository holds both: a backend may have been given another repository since. */
const isSameInEcr = (one: ImageRecord, other: ImageRecord): boolean =>
  one.loadedTag === other.loadedTag && one.source.split('@')[0] === other.source.split('@')[0]
