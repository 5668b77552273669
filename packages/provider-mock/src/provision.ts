import {
  ConflictError,
  type OperationOptions,
  ownershipMarks,
  type ProvisionResult,
  type TenantComputeSpec,
  UnavailableError,
} from '@landlord/compute-core'
import { findService } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import type { MockResourceKind, MockService } from './mock-resource.ts'
import { neededSecrets } from './needed-secrets.ts'
import { nextService, type ServiceContext } from './next-service.ts'
import { resourceIds } from './resource-ids.ts'
import { servicePhase } from './service-phase.ts'
import { takeStartFailure } from './take-start-failure.ts'

/** Ensures the network, then the service. A process that dies between the two leaves what the next call goes on from. */
export function provision(
  client: MockClient,
  spec: TenantComputeSpec,
  options: OperationOptions,
): Promise<ProvisionResult> {
  return client.call('provision', options, async () => {
    const secrets = await neededSecrets(spec, options)
    assertNamesAreOurs(client)
    await client.reach('provision.started')
    ensureNetwork(client, spec)
    await client.reach('provision.network_created')

    const service = client.target.atomically(() =>
      ensureService(client, spec, { generation: options.generation, secrets }),
    )
    options.onProgress?.(`service ${client.name} accepted`)
    await client.reach('provision.service_created')

    const moving = servicePhase(service, client.now()) === 'moving'
    return { status: moving ? 'in_progress' : 'success', resourceIds: resourceIds(client) }
  })
}

/** Throws `ConflictError` when something of the tenant's name is not ours. Before any write, so that none is left over. */
export function assertNamesAreOurs(client: MockClient): void {
  for (const kind of ['network', 'service'] as const) {
    const resource = client.target.find(kind, client.name)
    if (resource !== undefined && !client.isOurs(resource)) throw foreign(client, kind)
  }
}

function ensureService(client: MockClient, spec: TenantComputeSpec, context: Omit<ServiceContext, 'now'>): MockService {
  const current = findService(client)?.service
  if (current !== undefined && current.goneAt !== null) {
    throw new UnavailableError({ message: `service ${client.name} is still being removed; try again when it is gone` })
  }
  const { service } = nextService(current, spec, { now: client.now(), ...context })
  if (current !== undefined && service === undefined) return current
  return writeService(client, spec, service)
}

function writeService(client: MockClient, spec: TenantComputeSpec, next: MockService | undefined): MockService {
  if (next === undefined) throw new TypeError('a service that does not exist cannot be unchanged')
  const service = takeStartFailure(client, next)
  if (client.target.find('service', client.name) === undefined) create(client, spec, 'service', service)
  else {
    client.target.putService(client.name, service)
    client.countWrite('service.update')
  }
  client.target.appendLog(client.name, client.now(), `started ${service.config.image} x ${service.config.replicas}`)
  return service
}

/** A second call finds the one of the first. */
export function ensureNetwork(client: MockClient, spec: TenantComputeSpec): void {
  create(client, spec, 'network')
}

function create(client: MockClient, spec: TenantComputeSpec, kind: MockResourceKind, service?: MockService): void {
  const made = client.target.create({
    kind,
    name: client.name,
    labels: { ...spec.labels, ...ownershipMarks(client.ownership) },
    createdAt: client.now().toISOString(),
    ...(service === undefined ? {} : { service }),
  })
  if (made !== undefined) client.countWrite(`${kind}.create`)
  else if (!client.isOurs(client.target.find(kind, client.name))) throw foreign(client, kind)
}

function foreign(client: MockClient, kind: MockResourceKind): ConflictError {
  return new ConflictError({
    message: `${kind} ${client.name} exists and does not carry the marks of tenant "${client.tenantId}" of installation "${client.ownership.installation}"; remove or rename it`,
    details: { kind, name: client.name },
  })
}
