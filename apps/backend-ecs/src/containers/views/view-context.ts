import type { EcsSettings } from '../../settings/backend-settings.ts'
import type { ImageRecord, NetworkRecord } from '../../store/records.ts'

/** What a container's views show beside its record. All of it is in the store: a view costs no AWS call. */
export interface ViewContext {
  readonly settings: EcsSettings
  readonly now: () => Date
  readonly findNetwork: (id: string) => NetworkRecord | undefined
  /** By the image's id; undefined when it has been removed since. */
  readonly findImage: (id: string) => ImageRecord | undefined
}

/** What Docker writes for a time that has not come. */
export const ZERO_TIME = '0001-01-01T00:00:00Z'
