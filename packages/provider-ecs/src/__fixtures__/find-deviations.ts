import { PROVIDER_TAGS, restartMark } from '../provider-tags.ts'
import type { TrueService } from './chaos-account.ts'
import type { ChaosWorker, Wish } from './chaos-worker.ts'

/** Everything in which the account differs from what the tenants were last asked to be. */
export function findDeviations(workers: readonly ChaosWorker[], services: readonly TrueService[]): string[] {
  return workers.flatMap(({ tenantId, wish, outcome }) => {
    if (wish === undefined) return []
    const own = services.filter((service) => service.tenantId === tenantId && service.status === 'ACTIVE')
    const label = (what: string) => `${tenantId}: ${what}`
    if (outcome.kind !== 'succeeded') return [label(`ended as ${JSON.stringify(outcome)}`)]
    if (wish.kind === 'delete') return own.map(({ arn }) => label(`${arn} was left behind`))
    const [service] = own
    if (service === undefined || own.length > 1) return [label(`has ${own.length} active services`)]
    return compare(tenantId, wish, service).map(label)
  })
}

function compare(tenantId: string, wish: Wish, service: TrueService): string[] {
  const { config, suspended, restartToken } = wish
  const { tags, deployments } = service
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  const groups = primary?.launch.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? []
  const wanted = {
    cluster: config.cluster_arn,
    name: config.service_name ?? `landlord-tenant-${tenantId}`,
    definition: config.task_definition_arn,
    // Without tasks it is at rest before ECS calls the deployment complete.
    rollout: suspended ? primary?.rolloutState : 'COMPLETED',
    count: suspended ? 0 : config.desired_count,
    groups: config.security_groups ?? [],
    tags: config.tags ?? {},
    note: suspended ? String(config.desired_count) : undefined,
    restarting: undefined,
    restart: restartToken === undefined ? tags[PROVIDER_TAGS.restartToken] : restartMark(restartToken),
  }
  const live: typeof wanted = {
    cluster: service.clusterArn,
    name: service.name,
    definition: primary?.launch.taskDefinition ?? '',
    rollout: primary?.rolloutState,
    count: service.desiredCount,
    groups: [...groups],
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('landlord.'))),
    note: tags[PROVIDER_TAGS.suspendedCount],
    restarting: undefined,
    restart: tags[PROVIDER_TAGS.restartToken],
  }
  return JSON.stringify(live) === JSON.stringify(wanted)
    ? []
    : [`is ${JSON.stringify(live)} instead of ${JSON.stringify(wanted)}`]
}
