export interface LoadBalancerRecord {
  readonly arn: string
  readonly name: string
  readonly type: 'application' | 'network'
  readonly scheme: 'internet-facing' | 'internal'
  readonly createdAt: number
  readonly subnets: string[]
  readonly securityGroups: string[]
  readonly dnsName: string
}

export interface ListenerRecord {
  readonly arn: string
  readonly loadBalancerArn: string
  readonly port: number
  readonly protocol: string
  /** Where it forwards to. */
  readonly targetGroupArns: string[]
}

export interface TargetGroupRecord {
  readonly arn: string
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly targetType: 'ip' | 'instance'
  readonly healthCheck: HealthCheckRecord
  attributes: Record<string, string>
  targets: TargetRecord[]
}

export interface HealthCheckRecord {
  readonly protocol: string
  readonly port: string
  readonly path?: string
  readonly matcher?: string
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

export interface TargetRecord {
  /** An address, or an instance's id. */
  readonly id: string
  readonly port: number
  /** The task that ECS registered it for. */
  readonly taskArn?: string
  readonly registeredAt: number
  /** The result of the last health check that differed from a healthy one. */
  failing: boolean
  /** When it was deregistered, and until when it is shown as draining. */
  drainingUntil?: number
}
