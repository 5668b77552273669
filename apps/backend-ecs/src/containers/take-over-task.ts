import type { Task } from '@aws-sdk/client-ecs'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { toHealthCheck } from './definition/to-health-check.ts'
import { endRun } from './end-run.ts'
import { publishContainer } from './publish-container.ts'
import { type TaskState, toTaskState } from './to-task-state.ts'

/** Writes what a task says into its container's record; undefined: ECS has forgotten it. Waits for nothing. Twice is once. */
export function takeOverTask(deps: ContainerDeps, containerId: string, task: Task | undefined): void {
  const before = deps.store.containers.get(containerId)
  if (before === undefined && task?.taskArn !== undefined) deps.watch.remove(task.taskArn)
  if (before === undefined || before.live !== true) return
  if (task !== undefined && before.taskArn !== task.taskArn) return
  const seen = task === undefined ? forgotten(before, deps.now()) : toTaskState(task)
  if (seen.phase === 'running') takeOverRunning(deps, before, seen)
  if (seen.phase !== 'ended') return
  if (before.taskArn !== undefined) deps.watch.remove(before.taskArn)
  endRun(deps, before, seen)
}

/** ECS forgets tasks an hour after their end: what the end was, nobody can say any more. */
const forgotten = ({ state }: ContainerRecord, now: Date): TaskState => ({
  phase: 'ended',
  state: {
    status: 'exited',
    exitCode: 137,
    oomKilled: false,
    error: 'ECS does not know the task any more',
    finishedAt: now.toISOString(),
  },
  failedToStart: state.status !== 'running',
})

function takeOverRunning(deps: ContainerDeps, before: ContainerRecord, { state, address }: TaskState): void {
  const wasRunning = before.state.status === 'running'
  const health =
    state.health ?? before.state.health ?? (hasHealthCheck(deps, before) ? ('starting' as const) : undefined)
  if (before.state.status === 'removing') return
  if (wasRunning && health === before.state.health && address === before.address) return
  const record = deps.changes.update(before.id, (current) => ({
    ...current,
    ...(address === undefined ? {} : { address }),
    // Also without a network: it can be connected to one at any time.
    hasNames: true,
    state: { ...state, ...(health === undefined ? {} : { health }) },
  }))
  if (record === undefined) return
  if (!wasRunning) publishContainer(deps, record, 'start')
  if (health !== before.state.health && health !== 'starting' && health !== undefined) {
    publishContainer(deps, record, `health_status: ${health}`)
  }
  deps.names.join(record)
}

function hasHealthCheck({ images }: ContainerDeps, { config, imageId }: ContainerRecord): boolean {
  const image = images.list().find(({ id }) => id === imageId) ?? { config: {} }
  return toHealthCheck(config, image) !== undefined
}
