import type { BackendDeps } from '../backend-deps.ts'
import type { ImageOperations } from '../images/image-operations.ts'
import type { NetworkOperations } from '../networks/network-operations.ts'
import type { VolumeOperations } from '../volumes/volume-operations.ts'
import type { ContainerChanges } from './container-changes.ts'
import type { TaskDefinitions } from './task-definitions.ts'
import type { TaskWatch } from './task-watch.ts'

/** What the operations on containers work with. */
export interface ContainerDeps extends BackendDeps {
  readonly images: Pick<ImageOperations, 'find' | 'list'>
  readonly networks: NetworkOperations
  readonly volumes: VolumeOperations
  readonly changes: ContainerChanges
  readonly definitions: TaskDefinitions
  readonly watch: TaskWatch
  readonly ensureLogGroup: () => Promise<void>
}
