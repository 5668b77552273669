import { readStatus } from './read-status.ts'
import { isServing } from './settle.ts'
import type { Step } from './step.ts'

const LONGEST_ASK_MS = 10_000

/** Whether the instance from before a failure still serves. False when the provider cannot tell. */
export async function askUsable({ deps, work, signal, traceParent }: Step): Promise<boolean> {
  try {
    return isServing(await readStatus(deps, work, LONGEST_ASK_MS, signal, traceParent))
  } catch {
    signal.throwIfAborted()
    return false
  }
}
