import type { ContainerDefinition, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Endpoint } from '@landlord/compute-core'
import type { LoadBalancerAddress } from './ecs-api.ts'

export interface EndpointFacts {
  readonly service: Service
  readonly loadBalancers: readonly LoadBalancerAddress[]
  /** DNS names in Cloud Map, by the registry's ARN. */
  readonly registryNames: ReadonlyMap<string, string>
  readonly tasks: readonly Task[]
  /** By network interface. */
  readonly publicAddresses: ReadonlyMap<string, string>
  readonly taskDefinition: TaskDefinition | undefined
}

/**
 * Where the tenant answers. Load balancers and Cloud Map names stay when tasks are replaced, so the addresses of tasks are
 * given only where there is neither: public ones, else private ones.
 */
export function toEndpoints(facts: EndpointFacts): Endpoint[] {
  const lasting = [...loadBalancerEndpoints(facts), ...registryEndpoints(facts)]
  return lasting.length > 0 ? lasting : taskEndpoints(facts)
}

function loadBalancerEndpoints({ service, loadBalancers }: EndpointFacts): Endpoint[] {
  return loadBalancers.map(({ targetGroupArn, host, port, protocol }) => {
    const target = service.loadBalancers?.find((each) => each.targetGroupArn === targetGroupArn)
    return withUrl({
      ...(target?.containerName === undefined ? {} : { name: target.containerName }),
      protocol,
      host,
      port,
      ...(target?.containerPort === undefined ? {} : { containerPort: target.containerPort }),
    })
  })
}

function registryEndpoints(facts: EndpointFacts): Endpoint[] {
  return (facts.service.serviceRegistries ?? []).flatMap(({ registryArn = '', port, containerPort }) => {
    const host = facts.registryNames.get(registryArn)
    if (host === undefined) return []
    const ports = containerPort ?? port
    const known = ports === undefined ? portsOf(facts.taskDefinition) : [{ containerPort: ports }]
    return known.map((each) => toEndpoint(host, each))
  })
}

function taskEndpoints({ tasks, publicAddresses, taskDefinition }: EndpointFacts): Endpoint[] {
  const ports = portsOf(taskDefinition)
  const running = tasks.filter(
    ({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
  )
  return running.flatMap((task) => {
    const address = publicAddresses.get(networkDetail(task, 'networkInterfaceId') ?? '') ?? privateAddress(task)
    return address === undefined ? [] : ports.map((port) => toEndpoint(address, port))
  })
}

/** A detail of the interface that an `awsvpc` task has for itself. */
export function networkDetail(task: Task, name: string): string | undefined {
  const attachment = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')
  return attachment?.details?.find((detail) => detail.name === name)?.value
}

function privateAddress(task: Task): string | undefined {
  return networkDetail(task, 'privateIPv4Address') ?? networkDetail(task, 'privateIPv6Address')
}

type PortMapping = NonNullable<ContainerDefinition['portMappings']>[number]

function portsOf(taskDefinition: TaskDefinition | undefined): PortMapping[] {
  return (taskDefinition?.containerDefinitions ?? [])
    .flatMap(({ portMappings = [] }) => portMappings)
    .filter(({ containerPort }) => containerPort !== undefined)
}

function toEndpoint(host: string, { containerPort = 0, name, protocol, appProtocol }: PortMapping): Endpoint {
  const isHttp = appProtocol === 'http' || appProtocol === 'http2'
  return withUrl({
    ...(name === undefined ? {} : { name }),
    protocol: isHttp ? 'http' : protocol === 'udp' ? 'udp' : 'tcp',
    host,
    port: containerPort,
    containerPort,
  })
}

function withUrl(endpoint: Endpoint): Endpoint {
  const { protocol, host, port } = endpoint
  if (protocol !== 'http' && protocol !== 'https') return endpoint
  return { ...endpoint, url: `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}` }
}
