import { createStreams } from '@landlord/api-contract'

/** A reader of the audit trail that goes from server to server. */
export interface EventFollower {
  /** In the order in which they came. */
  readonly ids: readonly string[]
  stop(): Promise<void>
}

const STAY_MS = 1_500
const PAUSE_MS = 50

/** Follows from the first event on; at each server for a while, and on to the next where that breaks off. */
export function followEvents(serverUrls: readonly string[]): EventFollower {
  const ids: string[] = []
  const stopping = new AbortController()
  const follow = async (): Promise<void> => {
    for (let hop = 0; !stopping.signal.aborted; hop += 1) {
      const streams = createStreams({ baseUrl: serverUrls[hop % serverUrls.length] ?? '' })
      const last = ids.at(-1)
      const position = last === undefined ? { query: { since: '0' } } : { headers: { 'last-event-id': last } }
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(STAY_MS)])
      try {
        for await (const { id } of streams.listEvents({ query: {}, ...position, signal })) ids.push(id)
      } catch {
        // Its time is up, or the server is gone.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }
  const ended = follow()
  return {
    ids,
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
