import { EventEmitter } from 'node:events'
import { DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'

export interface WatchTimings {
  /** How often tasks are looked at while somebody waits for one. */
  readonly fastMs: number
  /** And while nobody does. */
  readonly slowMs: number
  /** After how long a start that AWS did not answer is looked for; default 30 s. */
  readonly lookAgainMs?: number
  /** How long what a removed container leaves in AWS is kept; default ten minutes. */
  readonly leftoversMs?: number
}

const WATCH_TIMINGS: WatchTimings = { fastMs: 1_000, slowMs: 10_000 }
/** DescribeTasks and ListTasks share 20 calls a second in an account; thousands of tasks must leave most of them. */
const MS_PER_CALL = 200
/** DescribeTasks takes so many. */
const BATCH = 100
/** ECS may not know a task yet that it has just answered RunTask with. */
const MISSING_GRACE_MS = 60_000

/** What is known of one task now; undefined: ECS has forgotten it. */
export type TaskListener = (containerId: string, task: Task | undefined) => void

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
  /** Rejects when AWS refuses to let tasks be looked at: waiting longer would not help. */
  refused(signal: AbortSignal): Promise<never>
  close(): void
}

type Deps = Pick<BackendDeps, 'aws' | 'settings' | 'logger' | 'now' | 'watchTimings'>

export function createTaskWatch(deps: Deps, onTask: TaskListener): TaskWatch {
  const { aws, settings, logger, now, watchTimings: { fastMs, slowMs } = WATCH_TIMINGS } = deps
  const refusals = new EventEmitter()
  refusals.setMaxListeners(0)
  const watched = new Map<string, { readonly containerId: string; readonly since: number }>()
  let hurries = 0
  let lastLook = 0
  /** Added since the last look began. */
  let hasUnseen = false
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function describe(arns: readonly string[]): Promise<void> {
    const command = new DescribeTasksCommand({ cluster: settings.ecs.cluster, tasks: [...arns] })
    const { tasks = [], failures = [] } = await aws.ecs('read').send(command)
    for (const task of tasks) tell(task.taskArn ?? '', task)
    for (const { arn = '', reason } of failures) {
      const isNew = now().getTime() - (watched.get(arn)?.since ?? 0) < MISSING_GRACE_MS
      if (reason === 'MISSING' && !isNew) tell(arn, undefined)
    }
  }

  function tell(arn: string, task: Task | undefined): void {
    const entry = watched.get(arn)
    if (entry === undefined) return
    try {
      onTask(entry.containerId, task)
    } catch (error) {
      // One container in trouble must not keep the others from being seen.
      logger.error({ err: error, container: entry.containerId }, 'the state of a task could not be taken over')
    }
  }

  async function look(): Promise<void> {
    lastLook = now().getTime()
    hasUnseen = false
    const arns = [...watched.keys()]
    const batches = Array.from({ length: Math.ceil(arns.length / BATCH) }, (_, index) =>
      arns.slice(index * BATCH, (index + 1) * BATCH),
    )
    try {
      await Promise.all(batches.map(describe))
    } catch (error) {
      if (isRefusal(error)) refusals.emit('refused', error)
      throw error
    }
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
    const atLeast = Math.ceil(watched.size / BATCH) * MS_PER_CALL
    const due = lastLook + Math.max(hurries > 0 ? fastMs : slowMs, atLeast) - now().getTime()
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
      hasUnseen = true
      if (looking === undefined) schedule()
    },
    remove: (taskArn) => void watched.delete(taskArn),
    async refresh(maxAgeMs) {
      if (watched.size === 0) return
      if (looking !== undefined) await looking
      if (!hasUnseen && now().getTime() - lastLook < maxAgeMs) return
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
    refused: (signal) =>
      new Promise((_resolve, reject) => {
        refusals.once('refused', reject)
        signal.addEventListener('abort', () => void refusals.off('refused', reject), { once: true })
      }),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof AwsCallError && ['access_denied', 'no_credentials', 'expired_credentials'].includes(error.facts.kind)
