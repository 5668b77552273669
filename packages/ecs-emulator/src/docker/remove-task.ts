import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import { lastSegment } from '../identifiers.ts'
import { statusOf } from './launch-error.ts'
import { TASK_LABEL } from './task-labels.ts'

/** The engine's name of a task's volume: names of volumes may have characters that the engine's may not. */
export function volumeName(taskArn: string, volume: string): string {
  return `ecs-${lastSegment(taskArn)}-${createHash('sha256').update(volume).digest('hex').slice(0, 12)}`
}

/** Removes the containers of a task, running or not, and its volumes. Twice does no harm. */
export async function removeTask(docker: Docker, taskArn: string): Promise<void> {
  await removeLabelled(docker, [`${TASK_LABEL}=${taskArn}`])
}

/** Everything that carries all of the labels. */
export async function removeLabelled(docker: Docker, label: readonly string[]): Promise<void> {
  const filters = { label: [...label] }
  const containers = await docker.listContainers({ all: true, filters })
  for (const { Id } of containers) {
    await ignoring([404, 409], docker.getContainer(Id).remove({ force: true, v: true }))
  }
  const { Volumes } = await docker.listVolumes({ filters })
  for (const { Name } of Volumes ?? []) await ignoring([404], docker.getVolume(Name).remove())
  const networks = await docker.listNetworks({ filters: JSON.stringify(filters) })
  // 403: an endpoint is left, of a container that is being removed, or that the engine has lost. The next emulator tries again.
  for (const { Id } of networks) await ignoring([403, 404], docker.getNetwork(Id).remove())
}

/** 404: gone already; 409: being removed by somebody else. */
async function ignoring(statuses: readonly number[], action: Promise<unknown>): Promise<void> {
  try {
    await action
  } catch (error) {
    if (!statuses.includes(Number(statusOf(error)))) throw error
  }
}
