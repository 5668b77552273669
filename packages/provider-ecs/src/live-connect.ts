import type { Service, ServiceConnectConfiguration } from '@aws-sdk/client-ecs'
import type { ServiceConnectConfig } from './ecs-config.ts'
import { type NormalService, normaliseConnect } from './normal-service.ts'
import { primaryDeployment } from './resource-ids.ts'

/** The service itself does not show it, its current deployment does. */
export function liveConnect(service: Service): Pick<NormalService, 'service_connect'> {
  const connect = primaryDeployment(service)?.serviceConnectConfiguration
  return connect?.enabled === true ? { service_connect: toConnect(connect) } : {}
}

function toConnect({ namespace, services = [] }: ServiceConnectConfiguration): ServiceConnectConfig {
  return normaliseConnect({
    ...(namespace === undefined ? {} : { namespace }),
    services: services.map(({ portName = '', discoveryName, clientAliases = [] }) => ({
      port_name: portName,
      ...(discoveryName === undefined ? {} : { discovery_name: discoveryName }),
      client_aliases: clientAliases.map(({ port = 0, dnsName }) =>
        dnsName === undefined ? { port } : { port, dns_name: dnsName },
      ),
    })),
  })
}

/** ECS fills in names, and may know the namespace by its ARN where the configuration has its name. */
export function comparableConnect(
  live: ServiceConnectConfig,
  desired: ServiceConnectConfig | undefined,
): ServiceConnectConfig {
  if (desired === undefined) return live
  const { namespace, services = [] } = live
  const told = desired.namespace
  const sameForm = told?.startsWith('arn:') === namespace?.startsWith('arn:')
  const named = told === undefined ? undefined : sameForm ? namespace : told
  const wanted = new Map(desired.services?.map((service) => [service.discovery_name, service]))
  return normaliseConnect({
    ...(named === undefined ? {} : { namespace: named }),
    services: services.map((service) => {
      const told = wanted.get(service.discovery_name)?.client_aliases
      if (told?.[0]?.dns_name !== undefined) return service
      return { ...service, client_aliases: (service.client_aliases ?? []).map(({ port }) => ({ port })) }
    }),
  })
}
