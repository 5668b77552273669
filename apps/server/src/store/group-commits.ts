import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from './database.ts'
import { retryWork, type Work } from './retry-work.ts'

/** Bounds how long the first of a group waits for the last. */
const LARGEST_GROUP = 64

interface Job {
  run(transaction: Transaction<Database>): Promise<void>
  /** After the commit: hands the outcome of `run` to whoever asked. */
  settle(): void
  reject(error: unknown): void
}

/**
 * Runs what has been asked for meanwhile under one commit, each piece in a savepoint of its own. A commit with full sync
 * costs more than all statements of a request and blocks the process while it lasts; without a queue nothing changes.
 * Nobody is answered before the commit, so what was answered survives a power cut all the same.
 */
export function groupCommits(
  db: Kysely<Database>,
  onCommitted: () => void,
): <Result>(work: Work<Result>) => Promise<Result> {
  const waiting: Job[] = []
  let isRunning = false

  const commitAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.splice(0, LARGEST_GROUP)
      try {
        await db.transaction().execute(async (transaction) => {
          for (const job of group) await job.run(transaction)
        })
        for (const job of group) job.settle()
        onCommitted()
      } catch (error) {
        for (const job of group) job.reject(error)
      }
    }
    isRunning = false
  }

  const enqueue = <Result>(work: Work<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push(createJob(work, resolve, reject))
      if (isRunning) return
      isRunning = true
      // Whatever the event loop has at hand joins the first group.
      setImmediate(commitAll)
    })

  return (work) => retryWork(() => enqueue(work))
}

function createJob<Result>(
  work: Work<Result>,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): Job {
  let settle = (): void => {}
  return {
    reject,
    settle: () => settle(),
    async run(transaction) {
      await sql`savepoint job`.execute(transaction)
      try {
        const result = await work(transaction)
        settle = () => resolve(result)
      } catch (error) {
        await sql`rollback to savepoint job`.execute(transaction)
        settle = () => reject(error)
      }
      await sql`release savepoint job`.execute(transaction)
    },
  }
}
