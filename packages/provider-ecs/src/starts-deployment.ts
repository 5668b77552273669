import type { UpdateServiceCommandInput } from '@aws-sdk/client-ecs'

/** ECS API reference, UpdateService: "This parameter triggers a new service deployment". */
const DEPLOYS = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
] as const satisfies readonly (keyof UpdateServiceCommandInput)[]

/** Whether ECS begins a new deployment for this update. */
export function startsDeployment(input: UpdateServiceCommandInput): boolean {
  return input.forceNewDeployment === true || DEPLOYS.some((key) => input[key] !== undefined)
}
