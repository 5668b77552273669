import type { ComputeStatusResponse, EndpointSchema } from '@landlord/api-contract'
import type { ComputeStatus, ContainerStatus, Endpoint } from '@landlord/compute-core'

/** A provider's status in the API's terms. */
export function toComputeStatusResponse(
  tenantId: string,
  provider: string,
  status: ComputeStatus,
): ComputeStatusResponse {
  return {
    tenant_id: tenantId,
    provider,
    state: status.state,
    health: status.health,
    settled: status.settled,
    ...present({ message: status.message, reason: status.reason }),
    containers: status.containers.map(toContainer),
    endpoints: status.endpoints.map(toEndpoint),
    resource_ids: { ...status.resourceIds },
    metadata: { ...status.metadata },
    last_updated: status.lastUpdated,
  }
}

export function toEndpoint(endpoint: Endpoint): EndpointSchema {
  const { protocol, host, port, containerPort, name, url } = endpoint
  return { protocol, host, port, ...present({ name, container_port: containerPort, url }) }
}

function toContainer(container: ContainerStatus): ComputeStatusResponse['containers'][number] {
  const { name, state, health, image, exitCode, restartCount, startedAt, message } = container
  return {
    name,
    state,
    ...present({ health, image, exit_code: exitCode, restart_count: restartCount, started_at: startedAt, message }),
  }
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>
}
