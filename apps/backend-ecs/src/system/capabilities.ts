import type { BackendSettings } from '../settings/backend-settings.ts'

export interface CapabilityReport {
  readonly backend: 'ecs'
  readonly version: string
  readonly capabilities: {
    readonly exec: boolean
    readonly attach: boolean
    readonly logs: boolean
    readonly logs_follow: boolean
    readonly volumes: boolean
    readonly networks: boolean
    readonly health_checks: boolean
    readonly image_pull: boolean
    readonly image_load: boolean
    /** 0: a container may run for as long as it likes. */
    readonly max_timeout_seconds: number
    /** The agent of ECS ExecuteCommand, which ECS puts into every task itself. */
    readonly agent_required: boolean
  }
}

/**
 * What works here, with these settings: without a task role ECS runs no commands, without a file system there are no
 * volumes, and without a repository of ECR no image is loaded.
 */
export function reportCapabilities(version: string, { ecs }: Pick<BackendSettings, 'ecs'>): CapabilityReport {
  return {
    backend: 'ecs',
    version,
    capabilities: {
      exec: ecs.task_role_arn !== undefined,
      attach: true,
      logs: true,
      logs_follow: true,
      volumes: ecs.efs_filesystem_id !== undefined,
      networks: true,
      health_checks: true,
      image_pull: true,
      image_load: ecs.ecr_repository !== undefined,
      max_timeout_seconds: 0,
      agent_required: true,
    },
  }
}
