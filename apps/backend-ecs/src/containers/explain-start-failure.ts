import { DockerError } from '../errors/docker-error.ts'

/** What ECS says when a task cannot start, what Docker's status for it is, and what to do. The first that fits counts. */
const RULES: readonly (readonly [pattern: RegExp, status: number, advice: string])[] = [
  [
    /CannotPull.*(not found|manifest unknown|does not exist)/is,
    404,
    'ECS did not find the image where docker pull did: check that the tag still exists and that tasks reach the same registry',
  ],
  [
    /CannotPull/i,
    500,
    'ECS could not pull the image: tasks need a way to the registry (assign_public_ip, a NAT gateway or VPC endpoints), and the execution role its permission',
  ],
  [/ResourceInitialization.*(secret|ssm)/is, 500, 'grant the execution role access to it'],
  [
    /ResourceInitialization.*(efs|mount)/is,
    500,
    'tasks need a mount target in their subnets, and security groups that allow NFS (2049)',
  ],
  [
    /ResourceInitialization.*(log|cloudwatch)/is,
    500,
    'tasks need a way to CloudWatch Logs, and the execution role logs:CreateLogStream and logs:PutLogEvents',
  ],
  [
    /Capacity is unavailable|RESOURCE:/i,
    503,
    'Fargate has no room in these availability zones now: try again, or give ecs.subnets in more of them',
  ],
  [/executable file not found|no such file or directory/i, 400, 'the image does not have the command'],
  [/permission denied/i, 400, 'the command may not be executed'],
]

export function explainStartFailure(reason: string): DockerError {
  const [, status = 500, advice = undefined] = RULES.find(([pattern]) => pattern.test(reason)) ?? []
  return new DockerError({ status, message: `${reason}${advice === undefined ? '' : ` (${advice})`}` })
}
