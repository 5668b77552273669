import { type AwsErrorFacts, classifyAwsError } from '@landlord/aws-config'
import { DockerError } from './docker-error.ts'

/**
 * An AWS call that failed, ready for the client. The message begins with service and operation and says what to do where
 * that is known. `facts.kind` and `facts.name` are what code decides by.
 */
export class AwsCallError extends DockerError {
  readonly facts: AwsErrorFacts

  constructor({ service, operation, cause }: { service: string; operation: string; cause: unknown }) {
    const facts = classifyAwsError(cause)
    const advice = ADVICE_BY_NAME[facts.name] ?? ADVICE[facts.kind]
    super({
      status: STATUS[facts.kind] ?? 500,
      message: `${service}: ${operation}: ${facts.name}: ${facts.message}${advice === undefined ? '' : ` (${advice})`}`,
      cause,
      ...(facts.requestId === undefined ? {} : { awsRequestId: facts.requestId }),
    })
    this.name = 'AwsCallError'
    this.facts = facts
  }

  /** AWS may have carried it out all the same. */
  get isUnsure(): boolean {
    return UNSURE.has(this.facts.kind)
  }

  /** It goes over by itself: the same call may succeed a moment later. */
  get isPassing(): boolean {
    return PASSING.has(this.facts.kind)
  }
}

const UNSURE: ReadonlySet<AwsErrorFacts['kind']> = new Set(['unavailable', 'timeout', 'unknown', 'cancelled'])
const PASSING: ReadonlySet<AwsErrorFacts['kind']> = new Set(['throttled', 'unavailable', 'timeout'])

/** Everything else is 500: to a Docker client the account is part of the engine. */
const STATUS: Readonly<Partial<Record<AwsErrorFacts['kind'], number>>> = {
  throttled: 503,
  unavailable: 503,
  timeout: 504,
  invalid: 400,
  conflict: 409,
}

const ADVICE_BY_NAME: Readonly<Record<string, string>> = {
  ClusterNotFoundException: 'create the cluster, or name another one in ecs.cluster',
}

const ADVICE: Readonly<Partial<Record<AwsErrorFacts['kind'], string>>> = {
  access_denied: 'grant the permission to the identity this backend runs as; its README lists the minimal policies',
  throttled: 'AWS limits the rate of calls; try again in a moment',
  quota: 'a quota of the AWS account is reached; remove what is not needed or have the quota raised',
  expired_credentials: 'renew the AWS credentials of this backend',
  no_credentials: 'give this backend AWS credentials: environment, shared files, or the role of the machine',
  unavailable: 'AWS could not be reached or had a fault; try again',
  timeout: 'AWS did not answer in time; try again',
}
