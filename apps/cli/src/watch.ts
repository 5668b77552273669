import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from './session.ts'

const LOOK_INTERVAL_MS = 1000
const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J'

/**
 * Prints what `look` gives, and again whenever it is different: in place on a terminal, below each other elsewhere. Ends
 * with Ctrl-C, which is how one ends it and thus no error.
 */
export async function watch(session: Session, look: (signal: AbortSignal) => Promise<string>): Promise<void> {
  const { context, terminal } = session
  const interruption = new AbortController()
  const stopListening = context.onInterrupt(() => interruption.abort())
  let last: string | undefined
  try {
    while (!interruption.signal.aborted) {
      const text = await look(interruption.signal)
      if (text !== last) terminal.print(terminal.stdoutIsTerminal ? CLEAR_SCREEN + text : text)
      last = text
      await sleep(LOOK_INTERVAL_MS, undefined, { signal: interruption.signal })
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error
  } finally {
    stopListening()
  }
}
