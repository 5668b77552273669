import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, type WorkerClient, type WorkerHeartbeat } from '@landlord/api-contract'
import type { Logger } from '@landlord/compute-core'

export interface HeartbeatOptions {
  readonly client: WorkerClient
  readonly facts: () => Omit<WorkerHeartbeat, 'started_at' | 'time'>
  readonly now: () => Date
  readonly logger: Logger
}

export interface Heartbeats {
  /** Now, because something has changed. */
  beat(): void
  stop(): Promise<void>
}

/** Until the server has said how often. */
const FIRST_INTERVAL_SECONDS = 15

/** Tells the server that this worker is there, until it is stopped. What the server misses is no harm. */
export function sendHeartbeats({ client, facts, now, logger }: HeartbeatOptions): Heartbeats {
  const stopping = new AbortController()
  const id = randomUUID()
  const startedAt = now().toISOString()
  let seconds = FIRST_INTERVAL_SECONDS
  let pause = new AbortController()

  const send = async (): Promise<void> => {
    const body = { ...facts(), started_at: startedAt, time: now().toISOString() }
    const receipt = await client.reportWorker({ params: { id }, body, signal: stopping.signal })
    seconds = receipt.body.next_in_seconds
  }
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      pause = new AbortController()
      await send().catch((error: unknown) => {
        // A server of the version before does not know of this, and one that is away has said so elsewhere.
        const isUnknown = ApiError.isInstance(error) && error.status === 404
        if (!stopping.signal.aborted && !isUnknown)
          logger.debug({ err: error }, 'the server did not hear of this worker')
      })
      const signal = AbortSignal.any([stopping.signal, pause.signal])
      await sleep(seconds * 1000, undefined, { signal }).catch(() => {})
    }
  }
  const ended = run()
  return {
    beat: () => pause.abort(),
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
