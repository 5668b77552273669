import type { ValidationIssue } from '@landlord/compute-core'
import type { EcsConfig } from '../ecs-config.ts'
import { parseArn } from '../parse-arn.ts'
import { type Report, startReport } from './rule.ts'

/** Load balancers, Cloud Map and Service Connect. Sources: ECS API reference, ServiceRegistry and ServiceConnectService. */
export function discoveryRules(config: EcsConfig): ValidationIssue[] {
  const report = startReport()
  const balancers = config.load_balancers ?? []
  report.when(
    config.health_check_grace_period_seconds !== undefined && balancers.length === 0,
    '/health_check_grace_period_seconds',
    'is only for services with load_balancers; remove it',
  )
  reportRepeated(
    balancers.map(({ target_group_arn, container_name, container_port }) =>
      [target_group_arn, container_name, container_port].join(' '),
    ),
    (index) => `/load_balancers/${index}`,
    report,
  )
  for (const [index, { target_group_arn }] of balancers.entries()) {
    regionRule(config, target_group_arn, { path: `/load_balancers/${index}/target_group_arn`, report })
  }
  for (const [index, registry] of (config.service_registries ?? []).entries()) {
    const path = `/service_registries/${index}`
    regionRule(config, registry.registry_arn, { path: `${path}/registry_arn`, report })
    const { port, container_name, container_port } = registry
    report.when(
      (container_name === undefined) !== (container_port === undefined),
      path,
      'needs container_name and container_port together, or neither',
    )
    report.when(port !== undefined && container_port !== undefined, `${path}/port`, 'cannot be with container_port')
  }
  connectRules(config, report)
  return report.issues
}

function connectRules(config: EcsConfig, report: Report): void {
  const { namespace, services = [] } = config.service_connect ?? {}
  if (namespace?.startsWith('arn:')) regionRule(config, namespace, { path: '/service_connect/namespace', report })
  const at = (index: number) => `/service_connect/services/${index}`
  reportRepeated(
    services.map(({ port_name, discovery_name }) => discovery_name ?? port_name),
    (index) => `${at(index)}/discovery_name`,
    report,
  )
  const aliases = services.flatMap(({ port_name, discovery_name, client_aliases = [] }, index) =>
    client_aliases.map(({ port, dns_name }) => ({ index, key: `${dns_name ?? discovery_name ?? port_name} ${port}` })),
  )
  reportRepeated(
    aliases.map(({ key }) => key),
    (position) => `${at(aliases[position]?.index ?? 0)}/client_aliases/0`,
    report,
  )
}

function reportRepeated(keys: readonly string[], pathOf: (index: number) => string, report: Report): void {
  for (const [index, key] of keys.entries()) {
    report.when(keys.indexOf(key) !== index, pathOf(index), 'is there twice; each must be unique')
  }
}

/** Of the cluster's partition and region; the account may be another one that shares it. */
function regionRule(config: EcsConfig, text: string, { path, report }: { path: string; report: Report }): void {
  const [cluster, arn] = [parseArn(config.cluster_arn), parseArn(text)]
  report.when(arn === undefined, path, 'is not an ARN of the form arn:aws:<service>:<region>:<account>:<resource>')
  if (cluster === undefined || arn === undefined) return
  report.when(
    arn.partition !== cluster.partition || arn.region !== cluster.region,
    path,
    `must be in the cluster's region ${cluster.region}, but is in ${arn.region}`,
  )
}
