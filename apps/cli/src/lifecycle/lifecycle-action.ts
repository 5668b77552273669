import type { LandlordClient, Tenant } from '@landlord/api-contract'
import type { WaitGoal } from '../wait/wait-for-tenant.ts'

/** One of the four things that are done to one tenant, or to many by selector. */
export interface LifecycleAction {
  readonly name: 'archive' | 'delete' | 'retry' | 'reconcile'
  readonly aliases: readonly string[]
  readonly summary: string
  readonly description: string
  /** Takes something away: asked about also for one tenant. */
  readonly isDestructive: boolean
  readonly until: string
  readonly goal: WaitGoal
  /** Arguments of `landlord wait` that go on with the same wait. */
  readonly resumeWith: string
  readonly route: keyof Pick<LandlordClient, 'archiveTenant' | 'deleteTenant' | 'retryTenant' | 'reconcileTenant'>
  /** Said when there was nothing to do (a 200). */
  readonly alreadyDone: (tenant: Tenant) => string
}

export const LIFECYCLE_ACTIONS: readonly LifecycleAction[] = [
  {
    name: 'archive',
    aliases: [],
    summary: 'destroy the compute, keep the record',
    description: 'Destroy the compute of tenants and keep their records. `landlord set` brings a tenant back.',
    isDestructive: true,
    until: 'until it is archived',
    goal: { until: ['archived'], endsWhenSettled: true },
    resumeWith: ' --for archived',
    route: 'archiveTenant',
    alreadyDone: () => 'is archived already',
  },
  {
    name: 'delete',
    aliases: ['rm'],
    summary: 'destroy the compute, forget the tenant',
    description: 'Destroy the compute of tenants, then forget them. Their events stay.',
    isDestructive: true,
    until: 'until it is gone',
    goal: { until: ['gone'], endsWhenSettled: true },
    resumeWith: ' --for gone',
    route: 'deleteTenant',
    alreadyDone: () => 'is gone',
  },
  {
    name: 'retry',
    aliases: [],
    summary: 'try again what failed',
    description: 'Try again what failed, with the same configuration.',
    isDestructive: false,
    until: 'until it is settled',
    goal: { until: ['settled'], endsWhenSettled: true },
    resumeWith: '',
    route: 'retryTenant',
    alreadyDone: (tenant) => `is ${tenant.status}`,
  },
  {
    name: 'reconcile',
    aliases: [],
    summary: 'apply the desired state once more, now',
    description: 'Apply the desired state once more, now.',
    isDestructive: false,
    until: 'until it is settled',
    goal: { until: ['settled'], endsWhenSettled: true },
    resumeWith: '',
    route: 'reconcileTenant',
    alreadyDone: (tenant) => `is ${tenant.status}`,
  },
]
