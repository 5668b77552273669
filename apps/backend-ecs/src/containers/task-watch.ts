import { DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { BackendDeps } from '../backend-deps.ts'

/** How often tasks are looked at while somebody waits for one, and while nobody does. */
const FAST_MS = 1_000
const SLOW_MS = 10_000
/** DescribeTasks takes so many. */
const BATCH = 100
/** ECS may not know a task yet that it has just answered RunTask with. */
const MISSING_GRACE_MS = 60_000

/** What is known of one task now; undefined: ECS has forgotten it. */
export type TaskListener = (containerId: string, task: Task | undefined) => Promise<void>

/**
 * The one poller: all tasks that have not ended, a hundred in a call, however many clients wait for them. Nothing is asked
 * while there is nothing to watch.
 */
export interface TaskWatch {
  add(taskArn: string, containerId: string): void
  remove(taskArn: string): void
  /** Looks again, unless the last look began less than `maxAgeMs` ago or is still under way. */
  refresh(maxAgeMs: number): Promise<void>
  /** Looks often from now on. Returns how to end that. */
  hurry(): () => void
  close(): void
}

type Deps = Pick<BackendDeps, 'aws' | 'settings' | 'logger' | 'now'>

export function createTaskWatch({ aws, settings, logger, now }: Deps, onTask: TaskListener): TaskWatch {
  const watched = new Map<string, { readonly containerId: string; readonly since: number }>()
  let hurries = 0
  let lastLook = 0
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function describe(arns: readonly string[]): Promise<void> {
    const command = new DescribeTasksCommand({ cluster: settings.ecs.cluster, tasks: [...arns] })
    const { tasks = [], failures = [] } = await aws.ecs('read').send(command)
    for (const task of tasks) await tell(task.taskArn ?? '', task)
    for (const { arn = '', reason } of failures) {
      const isNew = now().getTime() - (watched.get(arn)?.since ?? 0) < MISSING_GRACE_MS
      if (reason === 'MISSING' && !isNew) await tell(arn, undefined)
    }
  }

  async function tell(arn: string, task: Task | undefined): Promise<void> {
    const entry = watched.get(arn)
    if (entry === undefined) return
    try {
      await onTask(entry.containerId, task)
    } catch (error) {
      // One container in trouble must not keep the others from being seen.
      logger.error({ err: error, container: entry.containerId }, 'the state of a task could not be taken over')
    }
  }

  async function look(): Promise<void> {
    lastLook = now().getTime()
    const arns = [...watched.keys()]
    const batches = Array.from({ length: Math.ceil(arns.length / BATCH) }, (_, index) =>
      arns.slice(index * BATCH, (index + 1) * BATCH),
    )
    await Promise.all(batches.map(describe))
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined
      schedule()
    })
    return looking
  }

  function schedule(): void {
    clearTimeout(timer)
    timer = undefined
    if (isClosed || watched.size === 0) return
    const due = lastLook + (hurries > 0 ? FAST_MS : SLOW_MS) - now().getTime()
    timer = setTimeout(
      () => {
        lookOnce().catch((error: unknown) =>
          logger.warn({ err: error }, 'tasks could not be looked at; they will be again'),
        )
      },
      Math.max(0, due),
    )
    timer.unref()
  }

  return {
    add(taskArn, containerId) {
      watched.set(taskArn, { containerId, since: now().getTime() })
      if (looking === undefined) schedule()
    },
    remove: (taskArn) => void watched.delete(taskArn),
    async refresh(maxAgeMs) {
      if (watched.size === 0) return
      if (looking === undefined && now().getTime() - lastLook < maxAgeMs) return
      await lookOnce()
    },
    hurry() {
      hurries += 1
      if (looking === undefined) schedule()
      let isOver = false
      return () => {
        if (!isOver) hurries -= 1
        isOver = true
      }
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
