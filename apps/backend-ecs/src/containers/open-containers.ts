import { DeleteLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs'
import { AwsCallError } from '../errors/aws-call-error.ts'
import type { Recovery } from '../store/recovery.ts'
import type { ContainerDeps, ContainerNeighbours } from './container-deps.ts'
import { type ContainerOperations, createContainerOperations } from './container-operations.ts'
import { launch } from './launch-container.ts'
import { createLeftovers, type Leftover } from './leftovers.ts'
import { createNetworkNames } from './network-names.ts'
import { recoverContainers } from './recover-containers.ts'
import { openRemovedContainers } from './removed-containers.ts'
import { createRestarts } from './restarts.ts'
import { takeOverTask } from './take-over-task.ts'
import { createTaskDefinitions } from './task-definitions.ts'
import { createTaskWatch } from './task-watch.ts'

export interface Containers {
  readonly operations: ContainerOperations
  /** What was left unfinished, and what AWS has that the store does not know. */
  start(recover: Recovery): Promise<void>
  close(): Promise<void>
}

/** Wires what belongs to containers. Makes no call. */
export function openContainers(neighbours: ContainerNeighbours): Containers {
  const { store, now } = neighbours
  const deps: ContainerDeps = {
    ...neighbours,
    definitions: createTaskDefinitions(neighbours),
    watch: createTaskWatch(neighbours, (id, task) => takeOverTask(deps, id, task)),
    removed: openRemovedContainers(store.database, now),
    names: createNetworkNames(neighbours),
    leftovers: createLeftovers(neighbours, (leftover) => removeLeftover(deps, leftover)),
    restarts: createRestarts(neighbours, (id) => launch(deps, id, 'policy')),
  }
  return {
    operations: createContainerOperations(deps),
    async start(recover) {
      await recoverContainers(deps, recover)
      deps.leftovers.start()
    },
    async close() {
      deps.watch.close()
      deps.leftovers.close()
      await neighbours.background.settle()
    },
  }
}

async function removeLeftover(
  { aws, settings, definitions, logger }: ContainerDeps,
  { kind, name }: Leftover,
): Promise<void> {
  try {
    if (kind === 'task-definition') await definitions.remove(name)
    else {
      const stream = { logGroupName: settings.ecs.log_group, logStreamName: name }
      await aws.logs('write').send(new DeleteLogStreamCommand(stream))
    }
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error
    const { kind: failure } = error.facts
    if (failure === 'not_found' || failure === 'invalid') return
    // Tidiness is not worth a permission that somebody chose not to give.
    if (failure !== 'access_denied') throw error
    logger.warn({ err: error, kind, name }, 'what a removed container left is kept: AWS refuses to delete it')
  }
}
