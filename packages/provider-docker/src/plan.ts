import type { ComputePlan, ReadOptions } from '@landlord/compute-core'
import { neededSecrets, type WantedTenant } from './desired-state.ts'
import { diffDesired, diffFromNothing, needsReplacement } from './diff-desired.ts'
import type { DockerConfig } from './docker-config.ts'
import { mustStopFirst } from './must-stop-first.ts'
import { type NormalisedConfig, normaliseConfig } from './normalise-config.ts'
import { type Container, readTenant } from './read-tenant.ts'
import { type DockerContext, tenantScope } from './tenant-scope.ts'

export async function plan(
  context: DockerContext,
  { tenant, spec, config }: WantedTenant,
  options: ReadOptions,
): Promise<ComputePlan> {
  const scope = tenantScope(context, tenant.tenantId, options)
  const desired = normaliseConfig(config)
  const secrets = await neededSecrets(spec, options)
  const found = await readTenant(scope)
  if (found.kind === 'absent') return { action: 'create', changes: diffFromNothing(desired, secrets) }
  const changes = diffDesired(found.current, desired, secrets)
  const warnings = warningsFor(found.current, desired, { replaced: needsReplacement(changes), config })
  return {
    action: changes.length > 0 ? 'update' : 'no_changes',
    changes,
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

function warningsFor(
  current: Container,
  desired: NormalisedConfig,
  { replaced, config }: { replaced: boolean; config: DockerConfig },
): string[] {
  const reason = replaced ? mustStopFirst(current, desired) : undefined
  return [
    ...(reason === undefined
      ? []
      : [`a short outage: the old container stops before the new one starts, as ${reason}`]),
    ...(config.pull_policy === 'always'
      ? ['pull_policy is "always": if the tag has moved in the registry, the container is replaced as well']
      : []),
  ]
}
