import { setTimeout as delay } from 'node:timers/promises'
import { DestroyFailedError } from '@landlord/compute-core'
import { statusOf } from './map-docker-error.ts'
import { inspectContainer } from './read-tenant.ts'
import type { TenantScope } from './tenant-scope.ts'

const GONE = 404
const BEING_REMOVED = 409
const POLL_MS = 50
const MAX_POLLS = 200

/** Removes the container with its anonymous volumes, running or not. One that is gone, or that somebody else removes, is success. */
export async function removeContainer(scope: TenantScope, id: string, name: string): Promise<void> {
  try {
    await scope.client.request({
      action: `remove container ${name}`,
      method: 'DELETE',
      path: `/containers/${id}`,
      query: { force: true, v: true },
      accept: [GONE],
      signal: scope.signal,
    })
  } catch (error) {
    if (statusOf(error) !== BEING_REMOVED) throw error
    await waitUntilGone(scope, id, name)
  }
}

async function waitUntilGone(scope: TenantScope, id: string, name: string): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    if ((await inspectContainer(scope, id)) === undefined) return
    await delay(POLL_MS, undefined, { signal: scope.signal }).catch(() => undefined)
  }
  throw new DestroyFailedError({
    message: `container ${name} is still there although its removal is in progress; see the engine's log`,
    details: { container_id: id },
  })
}
