import type { ComputePlan, ReadOptions, TenantComputeSpec } from '@landlord/compute-core'
import { findService } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import { neededSecrets } from './needed-secrets.ts'
import { nextService } from './next-service.ts'
import { assertNamesAreOurs } from './provision.ts'

export function plan(client: MockClient, spec: TenantComputeSpec, options: ReadOptions): Promise<ComputePlan> {
  return client.call('plan', options, async () => {
    const secrets = await neededSecrets(spec, options)
    assertNamesAreOurs(client)
    const found = findService(client)
    const current = found?.service.goneAt === null ? found.service : undefined
    const { changes, service } = nextService(current, spec, { now: client.now(), generation: 0, secrets })
    if (current === undefined) return { action: 'create', changes }
    return { action: service === undefined ? 'no_changes' : 'update', changes }
  })
}
