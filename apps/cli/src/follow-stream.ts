import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from './session.ts'

interface StreamInput {
  readonly headers: { readonly 'last-event-id'?: string }
  readonly signal: AbortSignal
  readonly onId: (id: string) => void
}

export interface FollowedStream<Item> {
  /** Opens the stream, or opens it again where it broke off. */
  readonly open: (input: StreamInput) => AsyncIterable<Item>
  readonly show: (item: Item) => void
  /** Id to begin after; without one it begins where the server thinks fit. */
  readonly startAfter?: string
  /** The end of the stream is the end of it all. Default: it is opened again. */
  readonly isOver?: () => boolean
}

const PAUSE_MS = 1000

/** Until Ctrl-C. A server that is away for a while is waited for, and goes on where it broke off. */
export async function followStream<Item>(session: Session, stream: FollowedStream<Item>): Promise<void> {
  const { context, terminal } = session
  const { createOutage } = await import('./wait/outage.ts')
  const interruption = new AbortController()
  const { signal } = interruption
  const stopListening = context.onInterrupt(() => interruption.abort())
  const outage = createOutage((message) => terminal.note(`the server does not answer; still trying; ${message}`))
  let last = stream.startAfter
  const onId = (id: string) => {
    last = id
    outage.noteAnswer()
  }
  const readOn = async (): Promise<void> => {
    const headers = last === undefined ? {} : { 'last-event-id': last }
    for await (const item of stream.open({ headers, signal, onId })) stream.show(item)
  }
  try {
    while (!signal.aborted) {
      await outage.bridge(readOn, signal)
      if (stream.isOver?.() === true) return
      await sleep(PAUSE_MS, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    stopListening()
  }
}
