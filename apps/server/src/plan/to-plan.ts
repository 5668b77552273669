import { CHANGE_EFFECTS, type Change, type ChangeEffect, type Plan } from '@landlord/api-contract'
import { diffConfig, type ProviderCapabilities, type ProviderRegistry } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { type Beside, describeBeside } from '../tenants/describe-changes.ts'
import { DEFAULT_OPTIONS } from '../tenants/tenant-options.ts'
import type { Planned } from './ask-for-plan.ts'
import type { PlanDraft } from './draft-plan.ts'

const NOTHING: Beside = { secrets: [], labels: {}, annotations: {}, options: DEFAULT_OPTIONS }

/** The whole plan: what the provider says, and what changes beside it. `planned` is absent where no provider was asked. */
export function toPlan(
  { current, next, warnings }: PlanDraft,
  planned?: Planned & { readonly capabilities: ProviderCapabilities },
): Plan {
  const beside = besideChanges(current, next)
  const changes = planned === undefined ? beside : withCompute(beside, planned.changes, planned.capabilities)
  const effect = strongest(changes)
  return {
    ...(current === undefined ? {} : { tenant_id: current.id, version: current.version }),
    tenant_name: next.name,
    compute_provider: next.provider,
    action: actionOf(planned?.action, effect, changes.length > 0),
    effect,
    source: planned?.capabilities.plan === true ? 'live' : 'recorded',
    changes,
    warnings: [...warnings, ...(planned?.warnings ?? [])],
  }
}

/** For a provider that cannot plan: what was applied last against what would be. Its effects are the worst case. */
export function planFromRecord(registry: ProviderRegistry, { current, next }: PlanDraft): Planned {
  const { configSchema: schema } = registry.get(next.provider)
  const applied = current?.appliedConfig
  const changes = diffConfig(applied ?? {}, next.desiredConfig, { schema })
  const unchanged = changes.length === 0 ? ('no_changes' as const) : ('update' as const)
  return {
    outcome: 'planned',
    action: applied === undefined ? 'create' : unchanged,
    changes,
    warnings: [
      `provider "${next.provider}" cannot plan: this compares with what Landlord has recorded, not with what is there, and each effect is the worst case`,
    ],
  }
}

function besideChanges(current: StoredTenant | undefined, next: StoredTenant): Change[] {
  const moved =
    current === undefined || current.provider === next.provider
      ? []
      : [{ path: '/compute_provider', from: current.provider, to: next.provider }]
  return [...moved, ...describeBeside(current ?? NOTHING, next)].map((change) => ({ ...change, effect: 'none' }))
}

// A provider tells of secrets under `/secrets`, where it has no configuration, and it alone knows what they do.
function withCompute(
  beside: readonly Change[],
  compute: readonly Change[],
  { secrets }: ProviderCapabilities,
): Change[] {
  const ofSecrets = compute.filter(({ path }) => secrets && path.startsWith('/secrets/'))
  const told = new Map(ofSecrets.map((change) => [change.path, change]))
  const recorded = new Set(beside.map(({ path }) => path))
  return [
    ...compute
      .filter((change) => !ofSecrets.includes(change))
      .map((change) => ({ ...change, path: `/compute_config${change.path}` })),
    ...beside.map((change) => ({ ...change, effect: told.get(change.path)?.effect ?? change.effect })),
    ...ofSecrets.filter(({ path }) => !recorded.has(path)),
  ]
}

function strongest(changes: readonly Change[]): ChangeEffect {
  return CHANGE_EFFECTS.findLast((effect) => changes.some((change) => change.effect === effect)) ?? 'none'
}

function actionOf(action: Planned['action'] | undefined, effect: ChangeEffect, hasChanges: boolean): Plan['action'] {
  if (action === 'create') return 'create'
  if (action !== 'update' && !hasChanges) return 'no_changes'
  return effect === 'replace' ? 'replace' : 'update'
}
