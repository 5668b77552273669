import { revealError } from './refuse-ambiguous-retry.ts'

/** What was thrown by the SDK, as plain facts. */
export interface AwsErrorFacts {
  /** AWS's name of the error; `Unknown` where there is none. */
  readonly name: string
  readonly message: string
  /** Node's code of a system error: `ECONNRESET` … */
  readonly systemCode?: string
  readonly httpStatus?: number
  readonly requestId?: string
}

interface ErrorShape {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown }
}

/** Takes anything. By name, never by class: most errors of ECS have no class in the SDK. */
export function awsErrorFacts(thrown: unknown): AwsErrorFacts {
  const error = toShape(revealError(thrown))
  // A failed refresh of credentials carries the reason beneath; what was being tried is in its message.
  const source = error.name === 'AwsCredentialsError' && error.cause !== undefined ? toShape(error.cause) : error
  const { httpStatusCode, requestId } = source.$metadata ?? {}
  return {
    name: typeof source.name === 'string' && source.name !== '' ? source.name : 'Unknown',
    message: typeof error.message === 'string' ? maskKeys(error.message) : 'no further explanation',
    ...(typeof source.code === 'string' ? { systemCode: source.code } : {}),
    ...(typeof httpStatusCode === 'number' ? { httpStatus: httpStatusCode } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
}

function toShape(value: unknown): ErrorShape {
  return typeof value === 'object' && value !== null ? value : { message: String(value) }
}

/** Access key ids appear in some refusals; they are no secret, but nobody's business either. */
function maskKeys(text: string): string {
  return text.replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '$1…')
}

/** EC2 and the SDK know more names for "slow down" than ECS uses. */
export function isThrottled({ name, httpStatus }: AwsErrorFacts): boolean {
  return httpStatus === 429 || /Throttl|^RequestLimitExceeded$|^TooManyRequestsException$|^SlowDown$/.test(name)
}

/** Whether this is InvalidParameterException, as which ECS reports much, with such a text. */
export function isInvalidParameter({ name, message }: AwsErrorFacts, text: RegExp): boolean {
  return name === 'InvalidParameterException' && text.test(message)
}

/** Refused for the age of the credentials: the call was not carried out. */
export function isExpired({ name }: AwsErrorFacts): boolean {
  return /^ExpiredToken/.test(name)
}
