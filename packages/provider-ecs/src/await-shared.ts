import type { EcsCall } from './ecs-api.ts'
import { abortedError } from './map-ecs-error.ts'
import { untilAborted } from './until-aborted.ts'

/** Waits for what others wait for too: when this caller gives up, it goes on for them. */
export async function awaitShared<Answer>(
  start: () => Promise<Answer>,
  { signal }: EcsCall,
  what: { readonly operation: string; readonly subject: string },
): Promise<Answer> {
  if (signal.aborted) throw abortedError(signal, what)
  try {
    return await untilAborted(start(), signal)
  } catch (error) {
    throw signal.aborted ? abortedError(signal, what) : error
  }
}
