import type { ImageRecord } from '../store/records.ts'

type Config = ImageRecord['config']

/** What the image's builder wrote on it (`LABEL`). */
export const imageLabels = (config: Config | undefined): Record<string, string> =>
  (config as { config?: { Labels?: Record<string, string> | null } | null } | undefined)?.config?.Labels ?? {}

/** When it was built, in milliseconds since the epoch; 0 where that is not said. */
export const imageCreatedAt = (config: Config): number => Date.parse(String(config.created ?? 0)) || 0
