import type { CreateServiceCommandInput, TaskDefinition } from '@aws-sdk/client-ecs'
import { AccessDeniedError, InvalidConfigError, type ValidationIssue } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import type { EcsConfig } from './ecs-config.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * What only AWS knows about a configuration, asked before anything is made or removed. A fleet on one task definition asks
 * once: the answers are kept. Throws `InvalidConfigError` with every issue at its path.
 */
export async function preflight(
  scope: TenantScope,
  desired: DesiredService,
  input: Pick<CreateServiceCommandInput, 'launchType' | 'capacityProviderStrategy'>,
): Promise<void> {
  const { config, target } = desired
  const call = scope.call('change')
  const [definition, subnetIssues] = await Promise.all([
    scope.api.describeTaskDefinition(target, config.task_definition_arn, call),
    checkSubnets(scope, desired),
  ])
  const issues = [...definitionIssues(config, definition, runsOnFargate(input)), ...subnetIssues]
  if (issues.length === 0) return
  throw new InvalidConfigError({ subject: `configuration of tenant ${scope.tenantId}`, issues })
}

function runsOnFargate(input: Pick<CreateServiceCommandInput, 'launchType' | 'capacityProviderStrategy'>): boolean {
  const providers = input.capacityProviderStrategy ?? []
  return input.launchType === 'FARGATE' || providers.some((item) => item.capacityProvider?.startsWith('FARGATE'))
}

const issue = (path: string, message: string): ValidationIssue => ({ path, keyword: 'rule', message })

/** Pure. What of the configuration the task definition does not go with. */
export function definitionIssues(config: EcsConfig, definition: TaskDefinition, onFargate: boolean): ValidationIssue[] {
  return [
    ...definitionStateIssues(definition, onFargate),
    ...networkIssues(config, definition),
    ...(config.load_balancers ?? []).flatMap(({ container_name, container_port }, index) =>
      portIssues(definition, container_name, container_port, `/load_balancers/${index}`),
    ),
    ...(config.service_registries ?? []).flatMap(({ container_name, container_port }, index) =>
      container_name === undefined
        ? []
        : portIssues(definition, container_name, container_port, `/service_registries/${index}`),
    ),
    ...serviceConnectIssues(config, definition),
  ]
}

function definitionStateIssues(definition: TaskDefinition, onFargate: boolean): ValidationIssue[] {
  const path = '/task_definition_arn'
  const { status, compatibilities, requiresCompatibilities } = definition
  const able = compatibilities ?? requiresCompatibilities ?? []
  return [
    ...(status === undefined || status === 'ACTIVE'
      ? []
      : [issue(path, `is ${status}: it was deregistered; name a revision that is ACTIVE`)]),
    ...(onFargate && able.length > 0 && !able.includes('FARGATE')
      ? [
          issue(
            path,
            `cannot run on Fargate (it is for ${able.join(', ')}); register it with requiresCompatibilities FARGATE`,
          ),
        ]
      : []),
  ]
}

function networkIssues(config: EcsConfig, { networkMode }: TaskDefinition): ValidationIssue[] {
  const hasSubnets = (config.subnets ?? []).length > 0
  if (networkMode === 'awsvpc' && !hasSubnets) {
    return [
      issue('/subnets', 'are needed: the task definition has network mode awsvpc; give 1 to 16 subnets of one VPC'),
    ]
  }
  if (networkMode !== 'awsvpc' && hasSubnets) {
    const mode = networkMode ?? 'bridge'
    return [
      issue('/subnets', `do not go with the task definition's network mode ${mode}; leave them out, or use awsvpc`),
    ]
  }
  return []
}

function portIssues(
  { containerDefinitions = [] }: TaskDefinition,
  name: string,
  port: number | undefined,
  path: string,
): ValidationIssue[] {
  const container = containerDefinitions.find((each) => each.name === name)
  if (container === undefined) {
    const names = containerDefinitions.map((each) => each.name).join(', ')
    return [issue(`${path}/container_name`, `"${name}" is no container of the task definition; it has: ${names}`)]
  }
  const mappings = container.portMappings ?? []
  const isMapped = mappings.some(
    ({ containerPort, containerPortRange }) => containerPort === port || inRange(port, containerPortRange),
  )
  if (port === undefined || isMapped) return []
  const ports = mappings.map(({ containerPort, containerPortRange }) => containerPort ?? containerPortRange).join(', ')
  return [
    issue(
      `${path}/container_port`,
      `container "${name}" does not map port ${port}; its port mappings: ${ports || 'none'}`,
    ),
  ]
}

function inRange(port: number | undefined, range: string | undefined): boolean {
  const [first, last] = (range ?? '').split('-').map(Number)
  return port !== undefined && first !== undefined && last !== undefined && port >= first && port <= last
}

function serviceConnectIssues({ service_connect }: EcsConfig, definition: TaskDefinition): ValidationIssue[] {
  const names = (definition.containerDefinitions ?? [])
    .flatMap(({ portMappings = [] }) => portMappings)
    .flatMap(({ name }) => (name === undefined ? [] : [name]))
  return (service_connect?.services ?? []).flatMap(({ port_name }, index) =>
    names.includes(port_name)
      ? []
      : [
          issue(
            `/service_connect/services/${index}/port_name`,
            `"${port_name}" is the name of no port mapping of the task definition; it has: ${names.join(', ') || 'none'}`,
          ),
        ],
  )
}

async function checkSubnets(scope: TenantScope, { config, target }: DesiredService): Promise<ValidationIssue[]> {
  const ids = config.subnets ?? []
  if (ids.length === 0) return []
  try {
    const found = await scope.api.describeSubnets(target, ids, scope.call('change'))
    const missing = ids.flatMap((id, index) =>
      found.some((subnet) => subnet.id === id)
        ? []
        : [
            issue(
              `/subnets/${index}`,
              `there is no subnet ${id} in ${target.region}; check the id, the Region and the account`,
            ),
          ],
    )
    const networks = new Set(found.map(({ vpcId }) => vpcId))
    if (networks.size <= 1) return missing
    return [
      ...missing,
      issue('/subnets', `are of ${networks.size} VPCs (${[...networks].join(', ')}); all must be of one`),
    ]
  } catch (error) {
    // A worker may do without ec2:DescribeSubnets: ECS then finds the same mistakes later, and says less about them.
    if (!AccessDeniedError.isInstance(error)) throw error
    scope.logger.debug(
      { tenant: scope.tenantId, err: error },
      'subnets are not checked: no permission to describe them',
    )
    return []
  }
}
