import { randomBytes, randomInt } from 'node:crypto'
import type { Account } from './simulation.ts'

/** 32 hex digits, as real task ids are (captured). */
export const taskId = (): string => randomBytes(16).toString('hex')

/** `ecs-svc/` and 19 digits (captured). */
export const deploymentId = (): string => `ecs-svc/${digits(19)}`

/** Service deployments and revisions: 19 digits and 21 of the same kind of id (inferred). */
export const shortId = (): string => randomBytes(10).toString('hex').slice(0, 19)

export const hexId = (prefix: string): string => `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`

export function macAddress(): string {
  return ['0e', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

export const ecsArn = ({ region, id }: Account, resource: string): string => `arn:aws:ecs:${region}:${id}:${resource}`

/** What comes last in an ARN or path: `family:3`, a service's name, a task's id. */
export const lastSegment = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

function digits(count: number): string {
  const first = String(randomInt(1, 10))
  return first + Array.from({ length: count - 1 }, () => randomInt(0, 10)).join('')
}
