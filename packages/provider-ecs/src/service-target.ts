import type { AssumeRoleConfig } from './ecs-config.ts'

/** Where a tenant's service is, or would be: everything that a call needs before it can be made. */
export interface ServiceTarget {
  readonly partition: string
  readonly accountId: string
  readonly region: string
  readonly clusterArn: string
  readonly clusterName: string
  readonly serviceName: string
  /** Session name filled in. Absent: the worker's own credentials. */
  readonly role?: Required<Pick<AssumeRoleConfig, 'role_arn' | 'session_name'>> & Pick<AssumeRoleConfig, 'external_id'>
}
