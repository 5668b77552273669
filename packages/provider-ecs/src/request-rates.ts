/** The token buckets of AWS that a call draws on; all callers of an account and Region share them. */
export type RequestBucket =
  | 'services_write'
  | 'services_read'
  | 'tasks_read'
  | 'tags'
  | 'task_definitions_read'
  | 'network_read'
  | 'load_balancers_read'
  | 'registries_read'
  | 'logs_read'

export interface RequestRate {
  /** Requests at once, after a pause. */
  readonly burst: number
  readonly per_second: number
}

export type RequestRateOverrides = Readonly<Partial<Record<RequestBucket, RequestRate>>>

/**
 * Defaults of AWS for an account and Region: docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html for
 * ECS and docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html for `network_read`. The last three are cautious: AWS
 * publishes no bucket for such calls, or a larger one (CloudWatch Logs quotas). They are rare, and most answers are kept.
 */
export const PUBLISHED_REQUEST_RATES: Readonly<Record<RequestBucket, RequestRate>> = {
  services_write: { burst: 50, per_second: 5 },
  services_read: { burst: 100, per_second: 20 },
  tasks_read: { burst: 100, per_second: 20 },
  tags: { burst: 20, per_second: 10 },
  task_definitions_read: { burst: 50, per_second: 20 },
  network_read: { burst: 100, per_second: 20 },
  load_balancers_read: { burst: 40, per_second: 10 },
  registries_read: { burst: 20, per_second: 10 },
  logs_read: { burst: 10, per_second: 5 },
}

/** This process's part of a bucket; never less than one request at once. */
export function shareOfRate(
  bucket: RequestBucket,
  options: { readonly share: number; readonly overrides: RequestRateOverrides },
): RequestRate {
  const { burst, per_second } = options.overrides[bucket] ?? PUBLISHED_REQUEST_RATES[bucket]
  return { burst: Math.max(1, burst * options.share), per_second: per_second * options.share }
}
