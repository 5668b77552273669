export interface LoadBalancerRecord {
  readonly arn: string
  readonly name: string
  readonly type: 'application' | 'network'
  readonly scheme: 'internet-facing' | 'internal'
  readonly createdAt: number
  readonly subnets: string[]
  readonly securityGroups: string[]
  readonly dnsName: string
  /** What was changed of the defaults. */
  attributes?: Record<string, string>
}

export interface ListenerRecord {
  readonly arn: string
  readonly loadBalancerArn: string
  readonly port: number
  readonly protocol: string
  /** Where it forwards to. */
  readonly targetGroupArns: string[]
  attributes?: Record<string, string>
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

export interface TargetChecks {
  lastAt?: number
  /** In a row. */
  passed: number
  failed: number
  /** Whether it has been healthy before. */
  proven: boolean
}

export interface TargetRecord {
  /** An address, or an instance's id. */
  readonly id: string
  readonly port: number
  /** The task that ECS registered it for. */
  readonly taskArn?: string
  readonly registeredAt: number
  /** Whether health checks fail. */
  failing: boolean
  /** Where something really listens: what the checks have found so far. */
  readonly checks?: TargetChecks
  /** When it was deregistered, and until when it is shown as draining. */
  drainingUntil?: number
}
