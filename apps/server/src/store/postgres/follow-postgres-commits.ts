import { setTimeout } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import type { CommitFeed } from '../store-dialect.ts'
import { COMMIT_CHANNEL } from './keep-event-order.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** A connection that died without a word is found out within twice this. */
const PROBE_INTERVAL_MS = 15_000

/**
 * Listens on a connection of its own to what every server's commits tell of, and connects again for as long as it takes. After
 * each (re)connection it says that anything may have happened.
 */
export function followPostgresCommits(
  config: ClientConfig,
  onCommitted: (tenantId: string | undefined) => void,
): CommitFeed {
  const stopping = new AbortController()
  const { signal } = stopping

  const run = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS
    while (!signal.aborted) {
      const listened = await listen(config, onCommitted, signal)
      pauseMs = listened ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      await pause(pauseMs, signal)
    }
  }
  const ended = run()
  return {
    async close() {
      stopping.abort()
      await ended
    },
  }
}

/** Until the connection breaks or the signal is aborted. Returns whether it had listened at all. */
async function listen(
  config: ClientConfig,
  onCommitted: (tenantId: string | undefined) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const client = new Client(config)
  const broken = new AbortController()
  const over = AbortSignal.any([signal, broken.signal])
  client.on('error', () => broken.abort())
  client.on('end', () => broken.abort())
  client.on('notification', ({ payload }) => onCommitted(payload))
  try {
    await client.connect()
    await client.query(`listen ${COMMIT_CHANNEL}`)
    onCommitted(undefined)
    while (!over.aborted) {
      await pause(PROBE_INTERVAL_MS, over)
      if (!over.aborted) await client.query('select 1')
    }
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {})
}
