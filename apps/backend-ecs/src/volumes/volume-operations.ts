import { notOnEcs } from '../errors/docker-error.ts'
import type { VolumeRecord } from '../store/records.ts'

export interface VolumeOperations {
  /** Finds or makes it. Twice is once. */
  ensure(request: { readonly name: string }): Promise<VolumeRecord>
}

export function createVolumeOperations(): VolumeOperations {
  return {
    async ensure({ name }) {
      throw notOnEcs(`volume ${name}`, 'set ecs.efs_filesystem_id')
    },
  }
}
