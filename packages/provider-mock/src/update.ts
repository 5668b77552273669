import type { ConfigChange, OperationOptions, TenantComputeSpec, UpdateResult } from '@landlord/compute-core'
import { findService, tenantNotFound } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import type { MockService } from './mock-resource.ts'
import { neededSecrets } from './needed-secrets.ts'
import { nextService, type ServiceContext } from './next-service.ts'
import { resourceIds } from './resource-ids.ts'
import { servicePhase } from './service-phase.ts'
import { takeStartFailure } from './take-start-failure.ts'

export function update(client: MockClient, spec: TenantComputeSpec, options: OperationOptions): Promise<UpdateResult> {
  return client.call('update', options, async () => {
    const secrets = await neededSecrets(spec, options)
    await client.reach('update.started')
    const { changes, accepted } = client.target.atomically(() =>
      applyChanges(client, spec, { generation: options.generation, secrets }),
    )
    if (accepted === undefined) return { status: 'no_changes', changes, resourceIds: resourceIds(client) }
    options.onProgress?.(`service ${client.name} accepted generation ${options.generation}`)
    await client.reach('update.applied')

    const moving = servicePhase(accepted, client.now()) === 'moving'
    return { status: moving ? 'in_progress' : 'success', changes, resourceIds: resourceIds(client) }
  })
}

function applyChanges(
  client: MockClient,
  spec: TenantComputeSpec,
  context: Omit<ServiceContext, 'now'>,
): { changes: ConfigChange[]; accepted: MockService | undefined } {
  const found = findService(client)
  if (found === undefined || found.service.goneAt !== null) throw tenantNotFound(client)

  const { target, name } = client
  const { changes, service } = nextService(found.service, spec, { now: client.now(), ...context })
  if (service === undefined) return { changes, accepted: undefined }

  const accepted = takeStartFailure(client, service)
  target.putService(name, accepted)
  client.countWrite('service.update')
  target.appendLog(name, client.now(), describe(accepted))
  return { changes, accepted }
}

function describe(service: { suspended: boolean; config: { image: string; replicas: number } }): string {
  return service.suspended ? 'stopped' : `started ${service.config.image} x ${service.config.replicas}`
}
