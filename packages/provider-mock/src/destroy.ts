import type { DestroyResult, OperationOptions } from '@landlord/compute-core'
import { findService } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import type { MockResourceKind } from './mock-resource.ts'
import { resourceIds } from './resource-ids.ts'

/** Removes the service, then the network it was in; only what carries the tenant's marks. */
export function destroy(client: MockClient, options: OperationOptions): Promise<DestroyResult> {
  return client.call('destroy', options, async () => {
    await client.reach('destroy.started')
    if (!removeService(client)) return { status: 'in_progress', resourceIds: resourceIds(client) }
    await client.reach('destroy.service_deleted')
    removeOwn(client, 'network')
    await client.reach('destroy.network_deleted')
    return { status: 'destroyed', resourceIds: {} }
  })
}

/** False while the service is on its way out. */
function removeService(client: MockClient): boolean {
  const found = findService(client)
  const delay = client.script.gone_after_ms ?? 0
  if (found === undefined || delay === 0) {
    removeOwn(client, 'service')
    return true
  }
  if (found.service.goneAt === null) {
    client.target.putService(client.name, { ...found.service, goneAt: client.now().getTime() + delay })
    client.countWrite('service.delete')
  }
  return false
}

function removeOwn(client: MockClient, kind: MockResourceKind): void {
  const { target, name } = client
  const removed = target.atomically(() => client.isOurs(target.find(kind, name)) && target.remove(kind, name))
  if (removed) client.countWrite(`${kind}.delete`)
}
