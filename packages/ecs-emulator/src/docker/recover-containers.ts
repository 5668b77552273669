import type Docker from 'dockerode'
import { removeLabelled } from './remove-task.ts'
import {
  CONTAINER_LABEL,
  KEPT_LABEL,
  OWNER_LABEL,
  ownerState,
  SCOPE_LABEL,
  type Scope,
  TASK_LABEL,
} from './task-labels.ts'

/** Ids of containers that an earlier process left, by task and by the container's name. */
export type LeftContainers = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Looks for what earlier processes left: gives what belongs to this scope, and removes what a dead process left that nobody will
 * come back for. Containers of a living process and of other state files are not touched.
 * @throws when another process works with the same state file.
 */
export async function recoverContainers(docker: Docker, scope: Scope): Promise<LeftContainers> {
  const filters = { label: [SCOPE_LABEL] }
  const containers = await docker.listContainers({ all: true, filters })
  const { Volumes } = await docker.listVolumes({ filters })
  const left = new Map<string, Map<string, string>>()
  const abandoned = new Set<string>()
  const networks = await docker.listNetworks({ filters: JSON.stringify(filters) })
  const labelled = [...containers, ...(Volumes ?? []), ...networks].map(({ Labels }) => Labels ?? {})
  for (const labels of labelled) {
    const owner = ownerState(labels[OWNER_LABEL] ?? '')
    if (labels[SCOPE_LABEL] === scope.id && owner === 'running') {
      const message = `Process ${labels[OWNER_LABEL]?.split(' ')[1]} already runs tasks of the same state file.`
      throw new Error(`${message} Stop it, or give another file.`)
    }
    if (labels[KEPT_LABEL] === 'false' && owner === 'dead') abandoned.add(labels[SCOPE_LABEL] ?? '')
  }
  for (const { Id, Labels } of containers) {
    const task = Labels[TASK_LABEL]
    if (Labels[SCOPE_LABEL] !== scope.id || task === undefined) continue
    left.set(task, (left.get(task) ?? new Map()).set(Labels[CONTAINER_LABEL] ?? '', Id))
  }
  for (const id of abandoned) await removeLabelled(docker, [`${SCOPE_LABEL}=${id}`])
  return left
}
