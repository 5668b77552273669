import type { TenantScope } from './tenant-scope.ts'

const NOT_MODIFIED = 304
// Setting up a network and its ports is slow on a loaded engine.
export const START_TIMEOUT_MS = 60_000

/** A container that runs already is left alone. "Started" is not "running": look at its state afterwards. */
export async function startContainer(scope: TenantScope, id: string, name: string): Promise<void> {
  await scope.client.request({
    action: `start container ${name}`,
    method: 'POST',
    path: `/containers/${id}/start`,
    accept: [NOT_MODIFIED],
    timeoutMs: START_TIMEOUT_MS,
    signal: scope.signal,
  })
}
