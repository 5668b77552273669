import { randomUUID } from 'node:crypto'
import { hexId, macAddress } from './identifiers.ts'
import type { Simulation } from './simulation.ts'
import type { LaunchSettings, TaskNetwork } from './world.ts'

/** Default security group of the emulated VPC, used where a task names none (documented). */
export const DEFAULT_SECURITY_GROUP = 'sg-00000000000000001'

/**
 * The interface of a task in awsvpc mode. Where the runtime has no addresses of its own they are invented: 10.0.0.0/8 counted up,
 * public ones in 198.18.0.0/15.
 */
export function allocateNetwork(
  { world, runtime }: Simulation,
  taskDefinition: string,
  launch: LaunchSettings,
): TaskNetwork | undefined {
  const vpc = launch.networkConfiguration?.awsvpcConfiguration
  const subnets = vpc?.subnets ?? []
  if (world.taskDefinitions[taskDefinition]?.definition.networkMode !== 'awsvpc' || subnets.length === 0) {
    return undefined
  }
  world.addressesGiven += 1
  const host = world.addressesGiven + 9
  const subnetId = subnets[world.addressesGiven % subnets.length] ?? ''
  const [high, middle, low] = [(host >> 16) & 0xff, (host >> 8) & 0xff, host & 0xff]
  const real = runtime.address?.(world.addressesGiven)
  const isPublic = vpc?.assignPublicIp === 'ENABLED'
  return {
    attachmentId: randomUUID(),
    networkInterfaceId: hexId('eni'),
    subnetId,
    securityGroups: vpc?.securityGroups?.length ? vpc.securityGroups : [DEFAULT_SECURITY_GROUP],
    macAddress: macAddress(),
    privateIp: real ?? `10.${high}.${middle}.${low}`,
    ...(isPublic ? { publicIp: real ?? `198.${18 + (high & 1)}.${middle}.${low}` } : {}),
  }
}
