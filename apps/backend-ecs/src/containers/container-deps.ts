import type { BackendDeps } from '../backend-deps.ts'
import type { BackgroundWork } from '../background-work.ts'
import type { ImageOperations } from '../images/image-operations.ts'
import type { NetworkOperations } from '../networks/network-operations.ts'
import type { VolumeOperations } from '../volumes/volume-operations.ts'
import type { ContainerChanges } from './container-changes.ts'
import type { Leftovers } from './leftovers.ts'
import type { NetworkNames } from './network-names.ts'
import type { RemovedContainers } from './removed-containers.ts'
import type { Restarts } from './restarts.ts'
import type { TaskDefinitions } from './task-definitions.ts'
import type { TaskWatch } from './task-watch.ts'

/** What other domains give to containers. */
export interface ContainerNeighbours extends BackendDeps {
  readonly images: Pick<ImageOperations, 'find' | 'list' | 'use'>
  readonly networks: NetworkOperations
  readonly volumes: VolumeOperations
  readonly ensureLogGroup: () => Promise<void>
  readonly changes: ContainerChanges
  readonly background: BackgroundWork
}

/** What the operations on containers work with. */
export interface ContainerDeps extends ContainerNeighbours {
  readonly definitions: TaskDefinitions
  readonly watch: TaskWatch
  readonly removed: RemovedContainers
  readonly names: NetworkNames
  readonly leftovers: Leftovers
  readonly restarts: Restarts
}
