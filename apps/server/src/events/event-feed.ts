import type { Logger } from '@landlord/compute-core'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import type { Store } from '../store/open-store.ts'
import { createEventWindow, type EventBatch } from './event-window.ts'

interface NextEvents {
  readonly after: number
  /** Every tenant's when absent. */
  readonly tenantId?: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** One reader of the feed. */
interface FeedReader {
  /** What came after an event, as soon as something did. Empty when the time is up or the signal is aborted. */
  next(request: NextEvents): Promise<EventBatch>
  close(): void
}

/**
 * What is being recorded, by this server and by others. One look at the database serves every reader, and only while there
 * is one; who falls behind what is kept in memory reads the database at its own pace.
 */
export interface EventFeed {
  open(): FeedReader
  /** How many readers are open. */
  readonly size: number
}

export interface EventFeedDeps {
  readonly db: Kysely<Database>
  readonly onCommitted: Store['onCommitted']
  readonly logger: Logger
}

/** How often the feed looks on its own: a hint from another server may be lost. */
const LOOK_INTERVAL_MS = 1_000

export function createEventFeed(deps: EventFeedDeps): EventFeed {
  const readers = new Set<FeedReader>()
  let session: Session | undefined
  return {
    open() {
      session ??= startSession(deps)
      const { next, stop } = session
      const reader: FeedReader = {
        next,
        close() {
          if (!readers.delete(reader) || readers.size > 0) return
          stop()
          session = undefined
        },
      }
      readers.add(reader)
      return reader
    },
    get size() {
      return readers.size
    },
  }
}

interface Session {
  readonly next: FeedReader['next']
  stop(): void
}

/** From the first reader to the last. */
function startSession({ db, onCommitted, logger }: EventFeedDeps): Session {
  const window = createEventWindow(db)
  const waiting = new Set<() => void>()
  let looking: Promise<void> | undefined
  let isStale = false

  /** One look at a time; whoever asks during one gets another after it. */
  function look(): Promise<void> {
    isStale = true
    looking ??= (async () => {
      while (isStale) {
        isStale = false
        await window.look(() => {
          for (const wake of [...waiting]) wake()
        })
      }
    })().finally(() => {
      looking = undefined
    })
    return looking
  }

  function tryToLook(): void {
    look().catch((error: unknown) => {
      logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'events cannot be read')
    })
  }

  const unsubscribe = onCommitted(tryToLook)
  const timer = setInterval(tryToLook, LOOK_INTERVAL_MS)
  return {
    async next(request) {
      const { after, tenantId, signal } = request
      if (window.head === undefined) await look()
      if (after >= (window.head ?? 0)) await wakeUp(waiting, request)
      if (signal.aborted || after >= (window.head ?? 0)) return { events: [], upTo: after }
      return await window.read(after, tenantId)
    },
    stop() {
      unsubscribe()
      clearInterval(timer)
    },
  }
}

function wakeUp(waiting: Set<() => void>, { timeoutMs, signal }: NextEvents): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      waiting.delete(end)
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, timeoutMs)
    waiting.add(end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
