import type { Task } from '@aws-sdk/client-ecs'
import type { ContainerRecord, ContainerState } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { publishContainer } from './publish-container.ts'
import { removeContainer } from './remove-container.ts'
import { restartDelayMs, shouldRestart } from './restart-policy.ts'
import { type TaskState, toTaskState } from './to-task-state.ts'

/** ECS forgets tasks an hour after their end: what its container's end was, nobody can say any more. */
const FORGOTTEN: TaskState = {
  phase: 'ended',
  state: { status: 'exited', exitCode: 137, oomKilled: false, error: 'ECS does not know the task any more' },
  failedToStart: false,
}

/** Writes what a task says into its container's record, and does what follows from it. Twice is once. */
export async function takeOverTask(
  deps: ContainerDeps,
  containerId: string,
  task: Task | undefined,
  restart: (id: string) => Promise<void>,
): Promise<void> {
  const before = deps.store.containers.get(containerId)
  if (before === undefined || before.live !== true) return
  if (task !== undefined && before.taskArn !== task.taskArn) return
  const seen =
    task === undefined
      ? { ...FORGOTTEN, state: { ...FORGOTTEN.state, finishedAt: deps.now().toISOString() } }
      : toTaskState(task)
  if (seen.phase === 'starting') return
  if (seen.phase === 'running') return await takeOverRunning(deps, before, seen)
  await takeOverEnd(deps, before, seen, restart)
}

async function takeOverRunning(
  deps: ContainerDeps,
  before: ContainerRecord,
  { state, address }: TaskState,
): Promise<void> {
  const wasRunning = before.state.status === 'running'
  const health = state.health ?? before.state.health ?? (hasHealthCheck(before) ? ('starting' as const) : undefined)
  if (wasRunning && health === before.state.health && address === before.address) return
  const record = deps.changes.update(before.id, (current) => ({
    ...current,
    ...(address === undefined ? {} : { address }),
    state: { ...state, ...(health === undefined ? {} : { health }) },
  }))
  if (record === undefined) return
  if (!wasRunning) publishContainer(deps, record, 'start')
  if (health !== before.state.health && health !== 'starting' && health !== undefined) {
    publishContainer(deps, record, `health_status: ${health}`)
  }
  await deps.networks.join(record)
}

const hasHealthCheck = ({ config, state }: ContainerRecord): boolean =>
  state.health !== undefined ||
  ((config.Healthcheck as { Test?: readonly string[] } | null | undefined)?.Test ?? ['NONE'])[0] !== 'NONE'

async function takeOverEnd(
  deps: ContainerDeps,
  before: ContainerRecord,
  { state, failedToStart }: TaskState,
  restart: (id: string) => Promise<void>,
): Promise<void> {
  if (before.taskArn !== undefined) deps.watch.remove(before.taskArn)
  // Names go first: once the record says that it has ended, nobody would do it after a crash.
  await deps.networks.leave(before)
  const again = !failedToStart && shouldRestart({ ...before, state })
  const record = deps.changes.update(before.id, (current) => {
    const { address: _address, live: _live, ...rest } = current
    const status: ContainerState['status'] = again ? 'restarting' : failedToStart ? 'created' : 'exited'
    return { ...rest, state: { ...startedOf(current.state), ...state, status } }
  })
  if (record === undefined) return
  if (!failedToStart && before.state.status !== 'running') publishContainer(deps, record, 'start')
  if (state.oomKilled) publishContainer(deps, record, 'oom')
  if (!failedToStart) publishContainer(deps, record, 'die', { exitCode: String(state.exitCode) })
  if (again) {
    setTimeout(() => void restart(record.id), restartDelayMs(record)).unref()
    return
  }
  // Docker takes away what could not be started, too.
  if (record.autoRemove) await removeContainer(deps, record.id)
}

const startedOf = ({ startedAt }: ContainerState): Partial<ContainerState> =>
  startedAt === undefined ? {} : { startedAt }
