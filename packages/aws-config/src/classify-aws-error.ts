import { AwsConfigError } from './aws-config-error.ts'
import { AwsCredentialsError } from './aws-credentials-error.ts'
import {
  type AwsErrorKind,
  KIND_BY_MESSAGE,
  KIND_BY_NAME,
  KIND_BY_NAME_PATTERN,
  KIND_BY_SYSTEM_CODE,
} from './aws-error-kinds.ts'
import { redactText } from './redact-text.ts'
import { type AwsResponseFacts, responseFacts } from './response-facts.ts'
import { retryAfterMs } from './retry-after.ts'

export type { AwsErrorKind } from './aws-error-kinds.ts'

/** An AWS error as plain facts. `message` is redacted. */
export interface AwsErrorFacts extends AwsResponseFacts {
  readonly kind: AwsErrorKind
  readonly name: string
  readonly message: string
  /** What the answer asked for; absent when it did not. */
  readonly retryAfterMs?: number
}

interface ErrorShape {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly $metadata?: unknown
  readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> }
  readonly $retryable?: { readonly throttling?: boolean }
}

/**
 * Classifies by `name`, which is what AWS fixes: ECS answers 400 for what is not found, and the SDK has no class for
 * most errors. Takes anything that was thrown. `now` is for a `retry-after` that is a date.
 */
export function classifyAwsError(error: unknown, now: number = Date.now()): AwsErrorFacts {
  // The reason why there are no credentials is in the SDK's error; what was being tried is in ours.
  const source = AwsCredentialsError.isInstance(error) ? error.cause : error
  const shape: ErrorShape = typeof source === 'object' && source !== null ? source : {}
  const name = typeof shape.name === 'string' && shape.name !== '' ? shape.name : 'Unknown'
  const message =
    error instanceof Error ? error.message : typeof shape.message === 'string' ? shape.message : String(error)
  const wait = retryAfterMs(shape.$response?.headers ?? {}, now)
  const facts = responseFacts(shape)
  return {
    kind: kindOf(source, shape, name, facts.httpStatus),
    name,
    message: redactText(message),
    ...facts,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  }
}

function kindOf(error: unknown, shape: ErrorShape, name: string, httpStatus: number | undefined): AwsErrorKind {
  if (AwsConfigError.isInstance(error)) return 'invalid'
  if (name === 'AbortError') return isTimeout(shape.cause) ? 'timeout' : 'cancelled'
  const message = typeof shape.message === 'string' ? shape.message : ''
  const told = KIND_BY_MESSAGE.find((rule) => rule.names.test(name) && rule.message.test(message))
  return (
    told?.kind ??
    (typeof shape.code === 'string' ? KIND_BY_SYSTEM_CODE.get(shape.code) : undefined) ??
    KIND_BY_NAME.get(name) ??
    (shape.$retryable?.throttling === true ? 'throttled' : undefined) ??
    KIND_BY_NAME_PATTERN.find(([pattern]) => pattern.test(name))?.[1] ??
    kindOfStatus(httpStatus)
  )
}

/** The last resort: an HTML page of a gateway arrives as a `SyntaxError` with nothing but a status. */
function kindOfStatus(httpStatus: number | undefined): AwsErrorKind {
  if (httpStatus === undefined) return 'unknown'
  if (httpStatus >= 500) return 'unavailable'
  if (httpStatus === 429) return 'throttled'
  if (httpStatus === 408) return 'timeout'
  if (httpStatus === 401 || httpStatus === 403) return 'access_denied'
  return 'unknown'
}

function isTimeout(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError'
}
