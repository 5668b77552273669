import type { Container, Task } from '@aws-sdk/client-ecs'
import type { ContainerState } from '../store/records.ts'
import { CONTAINER_NAME } from './definition/to-container-definition.ts'

/** What a task says about its container. */
export interface TaskState {
  readonly phase: 'starting' | 'running' | 'ended'
  readonly state: ContainerState
  /** Of its network interface. */
  readonly address?: string
  /** It ended without ever having run. */
  readonly failedToStart: boolean
}

/** Docker's codes for "killed", and for a container that could not be started. */
const EXIT_KILLED = 137
const EXIT_NOT_STARTED = 128
const EXIT_NO_COMMAND = 127
const EXIT_NOT_EXECUTABLE = 126

/**
 * Reads a task. The container counts as ended when ECS has its exit code: the task itself stays for some 25 seconds
 * longer, until its network interface is gone (captured on the real service).
 */
export function toTaskState(task: Task): TaskState {
  const container = task.containers?.find(({ name }) => name === CONTAINER_NAME)
  const address = addressOf(task)
  const withAddress = address === undefined ? {} : { address }
  const startedAt = task.startedAt?.toISOString()
  const started = startedAt === undefined ? {} : { startedAt }
  const hasExited = container?.lastStatus === 'STOPPED' && container.exitCode !== undefined
  if (hasExited || task.lastStatus === 'STOPPED') {
    const failedToStart =
      task.stopCode === 'TaskFailedToStart' || (startedAt === undefined && container?.exitCode === undefined)
    const finishedAt = (task.executionStoppedAt ?? task.stoppedAt ?? task.stoppingAt ?? new Date()).toISOString()
    const state = { status: 'exited' as const, ...started, finishedAt, ...endOf(task, container, failedToStart) }
    return { phase: 'ended', state, ...withAddress, failedToStart }
  }
  const common = { ...started, exitCode: 0, oomKilled: false, error: '' }
  if (container?.lastStatus !== 'RUNNING') {
    return { phase: 'starting', state: { status: 'created', ...common }, ...withAddress, failedToStart: false }
  }
  const health = toHealth(container)
  const state = { status: 'running' as const, ...common, ...(health === undefined ? {} : { health }) }
  return { phase: 'running', state, ...withAddress, failedToStart: false }
}

function endOf(
  task: Task,
  container: Container | undefined,
  failedToStart: boolean,
): Pick<ContainerState, 'exitCode' | 'oomKilled' | 'error'> {
  const reason = container?.reason ?? ''
  const oomKilled = /OutOfMemory/.test(reason)
  if (container?.exitCode !== undefined) {
    return { exitCode: container.exitCode, oomKilled, error: '' }
  }
  const error = [reason, task.stoppedReason ?? ''].find((text) => text !== '') ?? 'ECS gives no reason'
  if (!failedToStart) return { exitCode: EXIT_KILLED, oomKilled, error }
  return { exitCode: exitCodeOf(error), oomKilled, error }
}

function exitCodeOf(error: string): number {
  if (/executable file not found|no such file or directory/.test(error)) return EXIT_NO_COMMAND
  return /permission denied/.test(error) ? EXIT_NOT_EXECUTABLE : EXIT_NOT_STARTED
}

function toHealth({ healthStatus }: Container): ContainerState['health'] {
  if (healthStatus === 'HEALTHY') return 'healthy'
  return healthStatus === 'UNHEALTHY' ? 'unhealthy' : undefined
}

function addressOf({ attachments = [] }: Task): string | undefined {
  const details = attachments.flatMap((attachment) => attachment.details ?? [])
  return details.find(({ name }) => name === 'privateIPv4Address')?.value
}
