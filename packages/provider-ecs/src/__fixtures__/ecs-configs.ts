import { type DesiredService, type DesiredServiceInput, desiredService } from '../desired-service.ts'
import type { EcsConfig } from '../ecs-config.ts'

const HEAD = 'arn:aws:ecs:us-east-1:000000000000'

export const INSTALLATION = 'test'

/** The least that Fargate needs, in the emulator's account. */
export const FARGATE: EcsConfig = {
  cluster_arn: `${HEAD}:cluster/fleet`,
  task_definition_arn: `${HEAD}:task-definition/web:1`,
  subnets: ['subnet-1'],
}

export const TARGET_GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/0123456789abcdef'
export const REGISTRY = 'arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1'

export function desired(
  config: Partial<EcsConfig> = {},
  more: Partial<Omit<DesiredServiceInput, 'config'>> = {},
): DesiredService {
  return desiredService({
    tenantId: 'acme',
    installation: INSTALLATION,
    config: { ...FARGATE, ...config },
    ...more,
  })
}
