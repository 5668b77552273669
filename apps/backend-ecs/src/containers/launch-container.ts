import { AwsCallError } from '../errors/aws-call-error.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { CONTAINER_NAME, LOG_STREAM_PREFIX } from './definition/to-container-definition.ts'
import { endRun } from './end-run.ts'
import { findTaskOfRun } from './own-tasks.ts'
import { runNumberOf, runTask } from './run-task.ts'
import { endTask } from './stop-task.ts'

/**
 * The intent is written first. Where the process dies after it, the next one calls RunTask with the same token, which ECS
 * answers with the same task.
 */
export async function launch(deps: ContainerDeps, id: string, by: 'client' | 'policy'): Promise<void> {
  const record = deps.changes.update(id, (current) => {
    const { taskArn: _task, stopRequested: _stop, startFailed: _failed, logStream, ...rest } = current
    return {
      ...rest,
      ...(logStream === undefined ? {} : { formerLogStreams: [...(current.formerLogStreams ?? []), logStream] }),
      live: true,
      runs: current.runs + 1,
      // A client's start begins to count anew, as in Docker.
      ...(by === 'client' ? { restartCount: 0 } : {}),
      state: {
        ...current.state,
        error: '',
        ...(by === 'client' && current.state.status === 'restarting' ? { status: 'exited' as const } : {}),
      },
    }
  })
  if (record !== undefined) await run(deps, record)
}

/** Calls RunTask for an intent that is in the store. Twice is once. */
export async function run(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  let taskArn: string
  try {
    await deps.ensureLogGroup()
    taskArn = await runDefinition(deps, record).catch((error: unknown) => findAfterAll(deps, record, error))
  } catch (error) {
    endRun(deps, record, {
      state: {
        status: 'exited',
        ...(record.state.finishedAt === undefined ? {} : { finishedAt: record.state.finishedAt }),
        exitCode: 128,
        oomKilled: false,
        error: (error as Error).message,
      },
      failedToStart: true,
    })
    throw error
  }
  takeTask(deps, record.id, taskArn)
}

/** Others tidy up task definitions, too: what they have deregistered is registered again. */
async function runDefinition(deps: ContainerDeps, record: ContainerRecord): Promise<string> {
  try {
    return await runTask(deps, record)
  } catch (error) {
    const isInactive = error instanceof AwsCallError && /TaskDefinition is inactive/i.test(error.facts.message)
    if (!isInactive) throw error
    const taskDefinitionArn = await deps.definitions.renew(record.taskDefinitionArn)
    return await runTask(deps, { ...record, taskDefinitionArn })
  }
}

/** Writes the task of the present run down, and ends it if nobody wants it any more. */
export function takeTask(deps: ContainerDeps, id: string, taskArn: string): void {
  const record = deps.changes.update(id, ({ unsureRun: _sure, ...current }) => ({
    ...current,
    taskArn,
    logStream: logStreamOf(taskArn),
  }))
  if (record !== undefined) deps.watch.add(taskArn, id)
  // Stopped or removed while ECS was being asked.
  if (record === undefined || record.stopRequested === true) {
    deps.background.insist('ending a task that nobody wants any more', id, () => endTask(deps, taskArn, 'stop'))
  }
}

export const logStreamOf = (taskArn: string): string =>
  `${LOG_STREAM_PREFIX}/${CONTAINER_NAME}/${taskArn.split('/').at(-1)}`

/**
 * When the answer was lost, or ECS knows the token with other parameters than now, the task may be there all the same. What
 * cannot be found out yet is noted, and looked into later.
 */
async function findAfterAll(deps: ContainerDeps, record: ContainerRecord, error: unknown): Promise<string> {
  if (!(error instanceof AwsCallError)) throw error
  const { isUnsure } = error
  if (!isUnsure && error.facts.kind !== 'conflict') throw error
  const run = runNumberOf(record)
  const found = await findTaskOfRun(deps, record, run).catch(() => undefined)
  if (found?.taskArn !== undefined) return found.taskArn
  if (isUnsure) {
    deps.changes.update(record.id, (current) => ({ ...current, unsureRun: run }))
    endLater(deps, { ...record, live: false, unsureRun: run })
  }
  throw error
}

/** By then ListTasks shows what there is. */
const LOOK_AGAIN_MS = 30_000

/** Looks for the task of a start that AWS did not answer, and ends it, unless it has been started again by then. */
export function endLater(deps: ContainerDeps, record: ContainerRecord): void {
  const timer = setTimeout(() => {
    deps.background.insist('looking for a task whose start was not answered', record.id, () => endUnsure(deps, record))
  }, deps.watchTimings?.lookAgainMs ?? LOOK_AGAIN_MS)
  timer.unref()
}

/** Ends the task of a start that was given up, if there is one. The container may have been removed, or started again. */
async function endUnsure(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  const isStillUnsure = (): boolean => {
    const current = deps.store.containers.get(record.id) ?? record
    return current.live !== true && current.unsureRun === record.unsureRun
  }
  if (record.unsureRun === undefined || !isStillUnsure()) return
  const task = await findTaskOfRun(deps, record, record.unsureRun)
  if (!isStillUnsure()) return
  // The next start is a new run: ECS would answer it with the task that ends here.
  deps.changes.update(record.id, ({ unsureRun: _known, ...current }) => current)
  if (task?.taskArn === undefined) return
  const { taskArn } = task
  deps.background.insist('ending a task of a failed start', record.id, () => endTask(deps, taskArn, 'start failed'))
}
