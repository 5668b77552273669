import { TimeoutError } from '@landlord/compute-core'
import { isGone } from './map-docker-error.ts'
import type { TenantScope } from './tenant-scope.ts'

const NOT_MODIFIED = 304
/** After this the engine finishes the stop alone; the next call finds the result. */
const STOP_WAIT_MS = 5_000
const DEFAULT_GRACE_SECONDS = 10

/** The wait of a call that needs the stop's end: the grace, and a moment for the kill. */
export function fullStopWaitMs(graceSeconds = DEFAULT_GRACE_SECONDS): number {
  return (graceSeconds + 5) * 1000
}

/** Asks the container to stop and kills it after its own stop timeout. False when it is still stopping. */
export async function stopContainer(
  scope: TenantScope,
  container: {
    readonly id: string
    readonly name: string
    /** Default 10. */
    readonly graceSeconds?: number
    /** Default 5 s. */
    readonly waitMs?: number
  },
): Promise<boolean> {
  try {
    await scope.client.request({
      action: `stop container ${container.name}`,
      method: 'POST',
      path: `/containers/${container.id}/stop`,
      query: { t: container.graceSeconds ?? DEFAULT_GRACE_SECONDS },
      accept: [NOT_MODIFIED],
      timeoutMs: container.waitMs ?? STOP_WAIT_MS,
      unqueued: true,
      signal: scope.signal,
    })
    return true
  } catch (error) {
    if (TimeoutError.isInstance(error)) return false
    if (isGone(error)) return true
    throw error
  }
}
