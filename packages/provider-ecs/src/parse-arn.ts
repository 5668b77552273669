/** The parts of an ARN. Region and account are empty where the service has none. */
export interface Arn {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly accountId: string
  /** Everything after the fifth colon. */
  readonly resource: string
}

/** Partitions by name: aws, aws-cn, aws-us-gov, aws-eusc, aws-iso and its kin (botocore, partitions.json). */
const ARN = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(\S+)$/

/** Undefined when the text is no ARN. */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, accountId, resource] = ARN.exec(text) ?? []
  if (partition === undefined || service === undefined || region === undefined) return undefined
  if (accountId === undefined || resource === undefined) return undefined
  return { partition, service, region, accountId, resource }
}

/** The last part of a path-like resource: the cluster of `cluster/main`, `web:7` of `task-definition/web:7`. */
export function nameInArn(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1)
}
