import { DescribeTaskDefinitionCommand, ECSClient, type TaskDefinition } from '@aws-sdk/client-ecs'
import { InvalidConfigError } from '@landlord/compute-core'
import type { AwsCalls } from './aws-calls.ts'
import type { EcsCall } from './ecs-api.ts'
import type { ServiceTarget } from './service-target.ts'

/** One that was deregistered still answers, with status INACTIVE. */
export async function readTaskDefinition(
  calls: AwsCalls,
  target: ServiceTarget,
  taskDefinition: string,
  call: EcsCall,
): Promise<TaskDefinition> {
  const answer = await calls.run({
    ...{ Client: ECSClient, access: 'read', bucket: 'task_definitions_read', scope: target, call },
    operation: 'DescribeTaskDefinition',
    subject: `task definition ${taskDefinition}`,
    send: (client, http) => client.send(new DescribeTaskDefinitionCommand({ taskDefinition }), http),
  })
  if (answer.taskDefinition !== undefined) return answer.taskDefinition
  const message = `there is no task definition ${taskDefinition}; register it, or name one that is there`
  const issues = [{ path: '/task_definition_arn', keyword: 'rule', message }]
  throw new InvalidConfigError({ subject: 'ECS configuration', issues })
}
