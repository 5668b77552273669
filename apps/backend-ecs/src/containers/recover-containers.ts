import type { Task } from '@aws-sdk/client-ecs'
import { TAG_CONTAINER_ID } from '../aws/ownership-tags.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { Recovery } from '../store/recovery.ts'
import { adoptTask } from './adopt-task.ts'
import type { ContainerDeps } from './container-deps.ts'
import { endLater, run, takeTask } from './launch-container.ts'
import { runningTasks, runOf, stoppedTasks, tagOf } from './own-tasks.ts'
import { removeContainer } from './remove-container.ts'
import { runNumberOf } from './run-task.ts'
import { endTask } from './stop-task.ts'

/** Goes on where the last process left off, and finds again what the store does not know. */
export async function recoverContainers(deps: ContainerDeps, recover: Recovery): Promise<void> {
  for (const record of deps.store.containers.list()) resume(deps, record)
  await recover('containers', (isFirst) => reconcile(deps, isFirst))
}

/** All that needs no look at AWS first. */
function resume(deps: ContainerDeps, record: ContainerRecord): void {
  const { id, state, live, taskArn } = record
  if (live === true && taskArn !== undefined) deps.watch.add(taskArn, id)
  // A restart that a client asked for ended with the client's connection.
  if (record.restartRequested === true) deps.changes.update(id, ({ restartRequested: _over, ...rest }) => rest)
  if (state.status === 'removing' || hasEndedForGood(record)) {
    deps.background.insist('removing a container', id, () => removeContainer(deps, id))
    return
  }
  if (live === true) {
    // Asked for by a client, or called off while ECS was being asked.
    if (taskArn !== undefined && record.stopRequested === true)
      deps.background.insist('ending a task', id, () => endTask(deps, taskArn, 'stop'))
    return
  }
  if (record.unsureRun !== undefined) endLater(deps, record)
  if (record.hasNames === true) deps.names.leave(record)
  if (state.status === 'restarting') deps.restarts.schedule(record)
}

const hasEndedForGood = ({ autoRemove, live, state, startFailed }: ContainerRecord): boolean =>
  autoRemove && live !== true && (state.status === 'exited' || startFailed === true)

async function reconcile(deps: ContainerDeps, isFirst: boolean): Promise<void> {
  const tasks = [...(await runningTasks(deps)), ...(isFirst ? await stoppedTasks(deps) : [])]
  // A later run of the same container counts more.
  for (const task of tasks.toSorted((left, right) => runOf(left) - runOf(right))) await takeIn(deps, task)
  for (const record of deps.store.containers.list()) {
    // The intent was written, and nothing came of it that could be seen: the token sees to it that it happens once.
    if (record.live === true && record.taskArn === undefined) {
      deps.background.run('finishing a start', record.id, () => run(deps, record))
    }
  }
}

async function takeIn(deps: ContainerDeps, task: Task): Promise<void> {
  const id = tagOf(task, TAG_CONTAINER_ID)
  if (id === undefined || task.taskArn === undefined) return
  const record = deps.store.containers.get(id)
  if (record?.taskArn === task.taskArn) return
  const isToRun = task.desiredStatus !== 'STOPPED'
  if (record === undefined && !deps.removed.has(id)) return await adoptTask(deps, task)
  if (record !== undefined && runOf(task) > record.runs) return await adoptTask(deps, task)
  if (record?.live === true && record.taskArn === undefined && runOf(task) === runNumberOf(record)) {
    return takeTask(deps, id, task.taskArn)
  }
  // The next start is a new run: ECS would answer it with this task, which has ended or ends here.
  if (record?.unsureRun === runOf(task)) deps.changes.update(id, ({ unsureRun: _known, ...current }) => current)
  if (!isToRun) return
  deps.logger.warn({ task: task.taskArn, container: id }, 'a task that nobody knows a use for any more is stopped')
  await endTask(deps, task.taskArn, 'rm')
}
