import type { ValidationIssue } from '@landlord/compute-core'
import type { EcsConfig } from '../ecs-config.ts'
import { matchesPattern } from '../matches-pattern.ts'
import { type Arn, parseArn } from '../parse-arn.ts'
import type { ValidationContext } from '../validate-config.ts'
import { type Report, startReport } from './rule.ts'

/** Where the service is and as whom: one partition, one account, one region. */
export function placeRules(config: EcsConfig, context: ValidationContext): ValidationIssue[] {
  const report = startReport()
  const cluster = parseArn(config.cluster_arn)
  if (cluster === undefined) return report.issues
  const { allowed_clusters } = context.settings
  report.when(
    allowed_clusters !== undefined && !matchesPattern(config.cluster_arn, allowed_clusters),
    '/cluster_arn',
    `${config.cluster_arn} is not among what the operator allows (${allowed_clusters?.join(', ')})`,
  )
  const partition = partitionOf(cluster.region)
  report.when(
    partition !== undefined && partition !== cluster.partition,
    '/cluster_arn',
    `is of partition ${cluster.partition}, but its region ${cluster.region} is of ${partition}`,
  )
  report.when(
    config.region !== undefined && config.region !== cluster.region,
    '/region',
    `is ${config.region}, but the cluster is in ${cluster.region}; leave it out`,
  )
  const family = parseArn(config.task_definition_arn)
  report.when(
    family !== undefined && !sameRegion(family, cluster),
    '/task_definition_arn',
    `must be of the cluster's account and region (${placeOf(cluster)}), but is of ${family && placeOf(family)}; register it there`,
  )
  report.when(
    config.service_name !== undefined && config.service_name_prefix !== undefined,
    '/service_name',
    'cannot be together with service_name_prefix; give the whole name or its start',
  )
  roleRules(config, context, { cluster, report })
  return report.issues
}

function roleRules(
  { assume_role }: EcsConfig,
  { settings, canAssumeRole }: ValidationContext,
  { cluster, report }: { cluster: Arn; report: Report },
): void {
  if (assume_role === undefined) return
  report.when(
    !canAssumeRole,
    '/assume_role',
    'cannot be used: this provider was made without a source of credentials for roles, and acts with the default credentials only',
  )
  const role = parseArn(assume_role.role_arn)
  const path = '/assume_role/role_arn'
  report.when(
    !matchesPattern(assume_role.role_arn, settings.allowed_role_arns),
    path,
    `is not among the roles that the operator allows (${settings.allowed_role_arns.join(', ') || 'none'}); add it to allowed_role_arns of the ecs block`,
  )
  // Clusters cannot be shared: calls go to the account of the credentials.
  report.when(
    role !== undefined && (role.partition !== cluster.partition || role.accountId !== cluster.accountId),
    path,
    `must be of the cluster's account ${cluster.accountId} in partition ${cluster.partition}, but is of ${role?.accountId} in ${role?.partition}`,
  )
}

// Where the region's name tells. New regions of the commercial partition keep coming.
function partitionOf(region: string): string | undefined {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  if (region.startsWith('eusc-')) return 'aws-eusc'
  return /^(us|eu|ap|sa|ca|me|af|il|mx)-(?!iso)[a-z]+-[0-9]+$/.test(region) ? 'aws' : undefined
}

function sameRegion(left: Arn, right: Arn): boolean {
  return left.partition === right.partition && left.accountId === right.accountId && left.region === right.region
}

function placeOf({ partition, accountId, region }: Arn): string {
  return `${accountId} in ${region}${partition === 'aws' ? '' : ` (${partition})`}`
}
