import {
  AccessDeniedError,
  CancelledError,
  ComputeError,
  type ComputeErrorOptions,
  ConflictError,
  InvalidConfigError,
  type JsonObject,
  QuotaExceededError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
} from '@landlord/compute-core'
import { type AwsErrorFacts, awsErrorFacts, isThrottled } from './aws-error-facts.ts'
import { type AwsErrorRule, ruleFor } from './aws-error-rules.ts'
import { hideSecrets, hideSecretsInCause } from './hide-secrets.ts'

export interface EcsErrorContext {
  /** AWS's name of the call: `CreateService`. */
  readonly operation: string
  /** In a person's words: `service a of cluster b`. */
  readonly subject: string
  /** What IAM calls the permission. */
  readonly permission: string
  /** The caller's, to tell a cancelled call from one whose time was up. */
  readonly signal?: AbortSignal
  /** Texts that neither a message nor a cause may hold. */
  readonly secrets?: readonly string[]
}

/** Whatever the SDK threw, as an error of the contract. One that already is comes back as it is. */
export function mapEcsError(thrown: unknown, context: EcsErrorContext): ComputeError {
  if (ComputeError.isInstance(thrown)) return thrown
  const { signal } = context
  if (signal?.aborted === true) return abortedError(signal, context)
  const facts = awsErrorFacts(thrown)
  const rule = isThrottled(facts) ? THROTTLED : ruleFor(facts)
  const secrets = context.secrets ?? []
  const failure = {
    message: hideSecrets(sentence(facts, rule, context), secrets),
    details: toDetails(facts, context),
    cause: hideSecretsInCause(thrown, secrets),
  }
  return build(rule, failure, facts, context)
}

/** The caller gave up. A write may have been carried out. */
export function abortedError(
  signal: AbortSignal,
  { operation, subject }: Pick<EcsErrorContext, 'operation' | 'subject'>,
): ComputeError {
  const details = { operation }
  if (signal.reason instanceof Error && signal.reason.name === 'TimeoutError') {
    const message = `${operation} for ${subject} had no answer when its time was up; AWS may have carried it out.`
    return new TimeoutError({ message, details, cause: signal.reason })
  }
  const message = `${operation} for ${subject} was cancelled; AWS may have carried it out.`
  return new CancelledError({ message, details, cause: signal.reason })
}

const THROTTLED: AwsErrorRule = {
  kind: 'throttled',
  fix: 'Lower request_rate_share, or ask AWS Support for a higher request rate.',
}

function build(rule: AwsErrorRule, failure: ComputeErrorOptions, facts: AwsErrorFacts, context: EcsErrorContext) {
  switch (rule.kind) {
    case 'access_denied':
      return new AccessDeniedError({
        ...failure,
        details: { ...failure.details, permission: refusedPermission(facts) ?? context.permission },
      })
    case 'throttled':
      return new ThrottledError(failure)
    case 'quota_exceeded':
      return new QuotaExceededError(failure)
    case 'conflict':
      return new ConflictError(failure)
    case 'timeout':
      return new TimeoutError(failure)
    case 'unavailable':
      return new UnavailableError(failure)
    case 'invalid_config':
      return new InvalidConfigError({
        subject: 'ECS configuration',
        issues: [{ path: rule.path ?? '', keyword: 'rule', message: failure.message }],
        cause: failure.cause,
      })
  }
}

function sentence(facts: AwsErrorFacts, { fix }: AwsErrorRule, { operation, subject }: EcsErrorContext): string {
  const request = facts.requestId === undefined ? '' : `, request ${facts.requestId}`
  const text = facts.message.replace(/\.?\s*$/, '')
  return `${operation} for ${subject} failed: ${text} (${facts.systemCode ?? facts.name}${request}). ${fix}`
}

function toDetails({ name, requestId }: AwsErrorFacts, { operation }: EcsErrorContext): JsonObject {
  return { operation, aws_error: name, ...(requestId === undefined ? {} : { request_id: requestId }) }
}

/** `User: … is not authorized to perform: iam:PassRole on resource: …` names what is missing, which may be another call's. */
function refusedPermission({ message }: AwsErrorFacts): string | undefined {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1]
}
