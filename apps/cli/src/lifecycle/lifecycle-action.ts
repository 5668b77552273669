import type { LandlordClient, Tenant } from '@landlord/api-contract'
import type { WaitGoal } from '../wait/wait-for-tenant.ts'

/** One of the things that are done to one tenant, or to many by selector. */
export interface LifecycleAction {
  readonly name: 'archive' | 'delete' | 'retry' | 'reconcile' | 'suspend' | 'resume' | 'restart' | 'pause' | 'unpause'
  readonly aliases: readonly string[]
  readonly summary: string
  readonly description: string
  /** Takes something away: asked about also for one tenant. */
  readonly isDestructive: boolean
  /** Nothing is under way after it: there is no `--wait`. */
  readonly isImmediate?: boolean
  readonly until: string
  readonly goal: WaitGoal
  /** Arguments of `landlord wait` that go on with the same wait. */
  readonly resumeWith: string
  readonly route: keyof Pick<
    LandlordClient,
    | 'archiveTenant'
    | 'deleteTenant'
    | 'retryTenant'
    | 'reconcileTenant'
    | 'suspendTenant'
    | 'resumeTenant'
    | 'restartTenant'
    | 'pauseTenant'
    | 'unpauseTenant'
  >
  /** Said when nothing is under way after it (a 200). */
  readonly alreadyDone: (tenant: Tenant) => string
}

const UNTIL_SETTLED = {
  until: 'until it is settled',
  goal: { until: ['settled'], endsWhenSettled: true },
  resumeWith: '',
} as const
const UNTIL_READY = {
  until: 'until it is ready',
  goal: { until: ['ready'], endsWhenSettled: true },
  resumeWith: ' --for ready',
} as const

export const LIFECYCLE_ACTIONS: readonly LifecycleAction[] = [
  {
    name: 'suspend',
    aliases: [],
    summary: 'stop the compute, keep its size',
    description: 'Stop the compute of tenants and remember its size. `landlord resume` brings it back.',
    isDestructive: false,
    until: 'until it is suspended',
    goal: { until: ['suspended'], endsWhenSettled: true },
    resumeWith: ' --for suspended',
    route: 'suspendTenant',
    alreadyDone: () => 'is suspended already',
  },
  {
    name: 'resume',
    aliases: [],
    summary: 'bring suspended compute back',
    description: 'Bring back the compute of suspended tenants, as it was or as it was changed since.',
    isDestructive: false,
    ...UNTIL_READY,
    route: 'resumeTenant',
    alreadyDone: (tenant) => `is ${tenant.status} already`,
  },
  {
    name: 'restart',
    aliases: [],
    summary: 'replace the running copies',
    description: 'Replace the running copies of tenants by new ones, with the same configuration.',
    isDestructive: false,
    ...UNTIL_READY,
    route: 'restartTenant',
    alreadyDone: (tenant) => `is ${tenant.status}`,
  },
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
    ...UNTIL_SETTLED,
    route: 'retryTenant',
    alreadyDone: (tenant) => `is ${tenant.status}`,
  },
  {
    name: 'reconcile',
    aliases: [],
    summary: 'apply the desired state once more, now',
    description: 'Apply the desired state once more, now.',
    isDestructive: false,
    ...UNTIL_SETTLED,
    route: 'reconcileTenant',
    alreadyDone: (tenant) => `is ${tenant.status}`,
  },
  {
    name: 'pause',
    aliases: [],
    summary: 'do nothing about it until it is unpaused',
    description:
      'Do nothing about tenants until they are unpaused: what runs goes on running, and what is asked of them waits.',
    isDestructive: false,
    isImmediate: true,
    ...UNTIL_SETTLED,
    route: 'pauseTenant',
    alreadyDone: (tenant) => `is ${tenant.status} and paused; go on with it by: landlord unpause ${tenant.name}`,
  },
  {
    name: 'unpause',
    aliases: [],
    summary: 'go on with a paused tenant',
    description: 'Go on with paused tenants, at once.',
    isDestructive: false,
    ...UNTIL_SETTLED,
    route: 'unpauseTenant',
    alreadyDone: (tenant) => `is ${tenant.status} and not paused`,
  },
]
