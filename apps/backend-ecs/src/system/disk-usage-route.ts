import type { FastifyInstance } from 'fastify'
import type { ImageRecord } from '../store/records.ts'
import type { StateStore } from '../store/state-store.ts'

interface Views {
  readonly images: () => Record<string, unknown>[]
  readonly containers: () => Record<string, unknown>[]
  /** Ids of containers that have a volume. */
  readonly usersOf: (volume: string) => readonly string[]
}

/** `docker system df`. Sizes are of what registries keep; what a task writes, and what is in EFS, is not measured. */
export function registerDiskUsageRoute(app: FastifyInstance, { images, volumes }: StateStore, views: Views): void {
  app.get('/system/df', async () => ({
    LayersSize: layersSize(images.list()),
    Images: views.images(),
    Containers: views.containers().map((container) => ({ ...container, SizeRw: 0, SizeRootFs: 0 })),
    Volumes: volumes.list().map(({ name, createdAt, labels }) => ({
      Name: name,
      Driver: 'local',
      Scope: 'local',
      CreatedAt: createdAt,
      Labels: labels,
      Mountpoint: '',
      UsageData: { Size: -1, RefCount: views.usersOf(name).length },
    })),
    BuildCache: [],
    BuilderSize: 0,
  }))
}

/** A layer that images share counts once. */
const layersSize = (images: readonly ImageRecord[]): number =>
  [
    ...new Map(images.flatMap(({ layers }) => layers.map(({ digest, size }) => [digest, size] as const))).values(),
  ].reduce((sum, size) => sum + size, 0)
