import type { DiscoveryServiceRecord } from '../../discovery-records.ts'
import type { Emulator } from '../../emulator.ts'
import { lastSegment } from '../../identifiers.ts'
import type { TaskRecord, World } from '../../world.ts'
import { requireDiscoveryService } from './find-discovery-records.ts'
import { type JsonInput, refusal, requiredText } from './read-input.ts'

interface Instance {
  readonly id: string
  readonly healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  readonly attributes: Readonly<Record<string, string>>
}

/** Those registered through the API, and the tasks that run and are to run on; ECS takes one out before it stops it (documented). */
export function instancesOf(world: World, service: DiscoveryServiceRecord): Instance[] {
  const registered = Object.entries(world.discoveryInstances[service.id] ?? {}).map(
    ([id, attributes]): Instance => ({
      id,
      healthStatus: service.hasCustomHealthCheck ? 'HEALTHY' : 'UNKNOWN',
      attributes,
    }),
  )
  const running = Object.values(world.tasks).filter(
    ({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
  )
  return [...registered, ...running.flatMap((task) => toInstance(world, service, task) ?? [])]
}

/** The attributes are those that ECS sets (read in users' answers). */
function toInstance(world: World, service: DiscoveryServiceRecord, task: TaskRecord): Instance | undefined {
  const registry = task.launch.serviceRegistries.find(({ registryArn }) => registryArn === service.arn)
  const owner = world.services[task.serviceArn ?? '']
  if (registry === undefined || task.network === undefined || owner === undefined) return undefined
  const region = service.arn.split(':')[3] ?? ''
  const port = registry.port ?? registry.containerPort
  const unhealthy = task.healthStatus === 'UNHEALTHY'
  return {
    id: lastSegment(task.arn),
    healthStatus: service.hasCustomHealthCheck ? (unhealthy ? 'UNHEALTHY' : 'HEALTHY') : 'UNKNOWN',
    attributes: {
      AVAILABILITY_ZONE: `${region}a`,
      AWS_INSTANCE_IPV4: task.network.privateIp,
      ...(port === undefined ? {} : { AWS_INSTANCE_PORT: String(port) }),
      ECS_CLUSTER_NAME: lastSegment(task.clusterArn),
      ECS_SERVICE_NAME: owner.name,
      ECS_TASK_DEFINITION_FAMILY: world.taskDefinitions[task.taskDefinition]?.family ?? '',
      REGION: region,
    },
  }
}

export function discoverInstances(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const namespaceName = requiredText(input, 'NamespaceName')
  const serviceName = requiredText(input, 'ServiceName')
  const namespace = Object.values(world.namespaces).find(({ name }) => name === namespaceName)
  if (namespace === undefined) throw refusal('NamespaceNotFound', `Namespace ${namespaceName} was not found.`)
  const service = Object.values(world.discoveryServices).find(
    ({ name, namespaceId }) => name === serviceName && namespaceId === namespace.id,
  )
  if (service === undefined) throw refusal('ServiceNotFound', `Service ${serviceName} was not found.`)
  const instances = select(instancesOf(world, service), input.HealthStatus)
  return {
    Instances: instances.map(({ id, healthStatus, attributes }) => ({
      InstanceId: id,
      NamespaceName: namespaceName,
      ServiceName: serviceName,
      HealthStatus: healthStatus,
      Attributes: attributes,
    })),
  }
}

/** Without a health check all are returned (documented); that healthy ones are preferred by default is inferred. */
function select(instances: readonly Instance[], asked: unknown): readonly Instance[] {
  const unchecked = instances.every(({ healthStatus }) => healthStatus === 'UNKNOWN')
  if (unchecked || asked === 'ALL') return instances
  const healthy = instances.filter(({ healthStatus }) => healthStatus === 'HEALTHY')
  if (asked === 'UNHEALTHY') return instances.filter((instance) => !healthy.includes(instance))
  return healthy.length > 0 || asked === 'HEALTHY' ? healthy : instances
}

export function listInstances(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const service = requireDiscoveryService(world, requiredText(input, 'ServiceId'))
  return { Instances: instancesOf(world, service).map(({ id, attributes }) => ({ Id: id, Attributes: attributes })) }
}
