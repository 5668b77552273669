import type { ComputeStatus, ReadOptions } from '@landlord/compute-core'
import { findService, tenantNotFound } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import { resourceIds } from './resource-ids.ts'
import { toComputeStatus } from './to-compute-status.ts'

export function getStatus(client: MockClient, options: ReadOptions): Promise<ComputeStatus> {
  return client.call('get_status', options, () => {
    const found = findService(client)
    const ids = resourceIds(client)
    if (found !== undefined) return toComputeStatus(found, client.now(), ids)
    if (Object.keys(ids).length === 0) throw tenantNotFound(client)
    return halfMade(client, ids)
  })
}

// A process died between two writes: what is there carries the marks, so it is not "not found", and it will not move.
function halfMade(client: MockClient, ids: ComputeStatus['resourceIds']): ComputeStatus {
  return {
    state: 'failed',
    health: 'none',
    containers: [],
    lastUpdated: client.now().toISOString(),
    metadata: {},
    settled: true,
    endpoints: [],
    resourceIds: ids,
    reason: 'incomplete',
    message: 'the network exists, the service does not; provision or destroy goes on from here',
  }
}
