import { TagResourceCommand } from '@aws-sdk/client-ecs'
import { TAG_REMOVED } from '../aws/ownership-tags.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { findTaskOfRun } from './own-tasks.ts'
import { publishContainer } from './publish-container.ts'
import { endTask, stopTask } from './stop-task.ts'
import { untilEnded } from './until-ended.ts'

/**
 * Takes a container down, its task with it if there still is one. The intent is written first: where the process dies, the
 * next one goes on.
 */
export async function removeContainer(deps: ContainerDeps, id: string): Promise<void> {
  const record = deps.changes.update(id, (current) => ({
    ...current,
    stopRequested: true,
    state: { ...current.state, status: 'removing' },
  }))
  if (record === undefined) return
  await endWhatRuns(deps, record)
  await deps.networks.leave(record)
  // RunTask may have answered meanwhile.
  const current = deps.store.containers.get(id)
  if (current === undefined) return
  if (current.taskArn !== record.taskArn) await endWhatRuns(deps, current)
  if (current.taskArn !== undefined) deps.watch.remove(current.taskArn)
  if (current.taskArn !== undefined && !current.autoRemove) await markRemoved(deps, current.taskArn)
  if (current.taskDefinitionArn !== '') deps.leftovers.add({ kind: 'task-definition', name: current.taskDefinitionArn })
  for (const stream of [...(current.formerLogStreams ?? []), current.logStream]) {
    if (stream !== undefined) deps.leftovers.add({ kind: 'log-stream', name: stream })
  }
  for (const exec of deps.store.execs.list()) if (exec.containerId === id) deps.store.execs.delete(exec.id)
  const last = deps.store.containers.get(id)
  // Another call, for the same container, has got here first.
  if (last === undefined) return
  if (last.live === true) publishContainer(deps, last, 'die', { exitCode: String(EXIT_KILLED) })
  publishContainer(deps, last, 'destroy')
  deps.removed.note(id)
  deps.changes.delete(id)
}

const EXIT_KILLED = 137

async function endWhatRuns(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  if (record.unsureRun !== undefined) {
    const task = await findTaskOfRun(deps, record, record.unsureRun)
    if (task?.taskArn !== undefined) await endTask(deps, task.taskArn, 'rm')
  }
  if (record.live !== true) return
  await stopTask(deps, record.id, 'rm')
  if (record.mounts.length > 0 && record.taskArn !== undefined) {
    // Whoever takes the volume next must be the only one to write to it.
    return await untilEnded(deps, record.id)
  }
  // It has the rest of its stop timeout; for Docker's clients it is gone.
  deps.changes.update(record.id, (current) => ({
    ...current,
    state: { ...current.state, exitCode: EXIT_KILLED, finishedAt: deps.now().toISOString() },
  }))
}

/** A backend without its store would take the stopped task, which ECS shows for an hour, for a container. */
async function markRemoved({ aws, logger }: ContainerDeps, resourceArn: string): Promise<void> {
  const tags = [{ key: TAG_REMOVED, value: 'true' }]
  try {
    await aws.ecs('write').send(new TagResourceCommand({ resourceArn, tags }))
  } catch (error) {
    // Often it has been forgotten by now.
    logger.debug({ err: error, task: resourceArn }, 'the task of a removed container could not be tagged')
  }
}
