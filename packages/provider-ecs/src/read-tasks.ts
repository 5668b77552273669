import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs'
import { AccessDeniedError, type Endpoint } from '@landlord/compute-core'
import type { ServiceTarget } from './service-target.ts'
import type { TenantScope } from './tenant-scope.ts'
import { networkDetail, toEndpoints } from './to-endpoints.ts'

export interface RunningFacts {
  /** Undefined without the permission to list them. */
  readonly tasks: readonly Task[] | undefined
  readonly taskDefinition: TaskDefinition | undefined
  readonly endpoints: readonly Endpoint[]
}

/** What there is to know of a service that runs: its tasks, and where it answers. */
export async function readRunning(scope: TenantScope, target: ServiceTarget, service: Service): Promise<RunningFacts> {
  const call = scope.call('background')
  const [known, taskDefinition, lasting] = await Promise.all([
    allowed(scope, 'ecs:ListTasks', () => scope.api.listTasks(target, 'RUNNING', call), undefined),
    describeDefinition(scope, target, service),
    readLastingAddresses(scope, target, service),
  ])
  const tasks = known ?? []
  const needsAddresses = lasting.loadBalancers.length === 0 && lasting.registryNames.size === 0
  const publicAddresses = needsAddresses ? await readPublicAddresses(scope, { target, service, tasks }) : new Map()
  return {
    tasks: known,
    taskDefinition,
    endpoints: toEndpoints({ service, tasks, taskDefinition, publicAddresses, ...lasting }),
  }
}

/** Those that the failed deployment left behind. */
export async function readStopped(scope: TenantScope, target: ServiceTarget): Promise<readonly Task[]> {
  return allowed(scope, 'ecs:ListTasks', () => scope.api.listTasks(target, 'STOPPED', scope.call('background')), [])
}

async function describeDefinition(
  scope: TenantScope,
  target: ServiceTarget,
  service: Service,
): Promise<TaskDefinition | undefined> {
  const { taskDefinition } = service
  if (taskDefinition === undefined) return undefined
  const read = () => scope.api.describeTaskDefinition(target, taskDefinition, scope.call('background'))
  return allowed(scope, 'ecs:DescribeTaskDefinition', read, undefined)
}

async function readLastingAddresses(scope: TenantScope, target: ServiceTarget, service: Service) {
  const call = scope.call('background')
  const targetGroups = (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? [])
  const registries = (service.serviceRegistries ?? []).flatMap(({ registryArn }) => registryArn ?? [])
  const [loadBalancers, names] = await Promise.all([
    targetGroups.length === 0
      ? []
      : allowed(
          scope,
          'elasticloadbalancing:Describe*',
          () => scope.api.loadBalancerAddresses(target, targetGroups, call),
          [],
        ),
    Promise.all(
      registries.map(async (arn) => {
        const read = () => scope.api.registryName(target, arn, call)
        const name = await allowed(scope, 'servicediscovery:GetService', read, undefined)
        return [arn, name] as const
      }),
    ),
  ])
  const registryNames = new Map(names.flatMap(([arn, name]) => (name === undefined ? [] : [[arn, name] as const])))
  return { loadBalancers, registryNames }
}

async function readPublicAddresses(
  scope: TenantScope,
  { target, service, tasks }: { target: ServiceTarget; service: Service; tasks: readonly Task[] },
): Promise<ReadonlyMap<string, string>> {
  if (service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp !== 'ENABLED') return new Map()
  const interfaces = tasks.flatMap((task) => networkDetail(task, 'networkInterfaceId') ?? [])
  if (interfaces.length === 0) return new Map()
  const read = () => scope.api.publicAddresses(target, interfaces, scope.call('background'))
  return allowed(scope, 'ec2:DescribeNetworkInterfaces', read, new Map())
}

/** A worker may do without the permissions that only tell more about a tenant; then less is told. */
async function allowed<Result, Otherwise>(
  scope: TenantScope,
  permission: string,
  read: () => Promise<Result>,
  otherwise: Otherwise,
): Promise<Result | Otherwise> {
  try {
    return await read()
  } catch (error) {
    if (!AccessDeniedError.isInstance(error)) throw error
    scope.logger.warn(
      { tenant: scope.tenantId, permission, err: error },
      'the status tells less: a permission is missing',
    )
    return otherwise
  }
}
