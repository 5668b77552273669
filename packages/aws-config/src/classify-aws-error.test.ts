import { describe, expect, it } from 'vitest'
import { AwsConfigError } from './aws-config-error.ts'
import { AwsCredentialsError } from './aws-credentials-error.ts'
import { type AwsErrorKind, classifyAwsError } from './classify-aws-error.ts'

const named = (name: string, message = '', extra: object = {}): Error =>
  Object.assign(new Error(message), { name, ...extra })

const abortedBy = (reason: Error): Error =>
  Object.assign(new Error('aborted', { cause: reason }), { name: 'AbortError' })

describe('classifyAwsError by name', () => {
  it.each<[string, AwsErrorKind]>([
    ['AccessDeniedException', 'access_denied'],
    ['AccessDenied', 'access_denied'],
    ['UnrecognizedClientException', 'access_denied'],
    ['InvalidSignatureException', 'access_denied'],
    ['RegionDisabledException', 'access_denied'],
    ['UnauthorizedOperation', 'access_denied'],
    ['ExpiredTokenException', 'expired_credentials'],
    ['ExpiredToken', 'expired_credentials'],
    ['CredentialsProviderError', 'no_credentials'],
    ['ThrottlingException', 'throttled'],
    ['RequestLimitExceeded', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['ClusterNotFoundException', 'not_found'],
    ['ServiceNotFoundException', 'not_found'],
    ['ResourceNotFoundException', 'not_found'],
    ['NamespaceNotFoundException', 'not_found'],
    ['ServiceDeploymentNotFoundException', 'not_found'],
    ['InvalidSubnetID.NotFound', 'not_found'],
    ['RepositoryNotFoundException', 'not_found'],
    ['ServiceNotActiveException', 'conflict'],
    ['UpdateInProgressException', 'conflict'],
    ['ConflictException', 'conflict'],
    ['ResourceAlreadyExistsException', 'conflict'],
    ['AccessPointAlreadyExists', 'conflict'],
    ['InvalidParameterException', 'invalid'],
    ['PlatformUnknownException', 'invalid'],
    ['UnsupportedFeatureException', 'invalid'],
    ['ValidationError', 'invalid'],
    ['InvalidParameterValue', 'invalid'],
    ['LimitExceededException', 'quota'],
    ['VpcLimitExceeded', 'quota'],
    ['ServerException', 'unavailable'],
    ['InternalFailure', 'unavailable'],
    ['ServiceUnavailable', 'unavailable'],
    ['TimeoutError', 'timeout'],
    ['RequestTimeout', 'timeout'],
    ['ClientException', 'unknown'],
    ['constructor', 'unknown'],
    ['SomethingNew', 'unknown'],
  ])('%s is %s', (name, kind) => {
    expect(classifyAwsError(named(name))).toMatchObject({ kind, name })
  })
})

describe('classifyAwsError by message', () => {
  it.each<[string, string, AwsErrorKind]>([
    ['InvalidParameterException', 'Creation of service was not idempotent.', 'conflict'],
    ['InvalidParameterException', 'Unable to Start a service that is still Draining.', 'conflict'],
    ['InvalidParameterException', 'The service cannot be stopped while deployments are active.', 'conflict'],
    ['InvalidParameterException', 'Unable to assume the service linked role.', 'unavailable'],
    ['InvalidParameterException', 'The specified cluster is inactive. Specify an active cluster.', 'not_found'],
    ['ClientException', "You've reached the limit on the number of tasks you can run concurrently", 'quota'],
    ['ClientException', 'TaskDefinition is inactive', 'invalid'],
    ['CredentialsProviderError', 'The SSO session associated with this profile has expired.', 'expired_credentials'],
    ['Error', 'Region is missing', 'invalid'],
  ])('%s: %s', (name, message, kind) => {
    expect(classifyAwsError(named(name, message)).kind).toBe(kind)
  })
})

describe('classifyAwsError by what is left', () => {
  it.each<[string, unknown, AwsErrorKind]>([
    ['a page of a gateway', named('SyntaxError', '<html>', { $metadata: { httpStatusCode: 503 } }), 'unavailable'],
    ['an empty 502', named('Unknown', '', { $metadata: { httpStatusCode: 502 } }), 'unavailable'],
    ['429', named('Odd', '', { $metadata: { httpStatusCode: 429 } }), 'throttled'],
    ['403', named('Odd', '', { $metadata: { httpStatusCode: 403 } }), 'access_denied'],
    ['400', named('Odd', '', { $metadata: { httpStatusCode: 400 } }), 'unknown'],
    ['throttling by trait', named('Odd', '', { $retryable: { throttling: true } }), 'throttled'],
    ['a reset connection', named('TimeoutError', '', { code: 'ECONNRESET' }), 'unavailable'],
    ['a refused connection', named('Error', '', { code: 'ECONNREFUSED' }), 'unavailable'],
    ['a request timeout', named('TimeoutError', '', { code: 'ETIMEDOUT' }), 'timeout'],
    ['an abort', abortedBy(new Error('stop')), 'cancelled'],
    ['an abort by a deadline', abortedBy(named('TimeoutError')), 'timeout'],
    ['our own setting error', new AwsConfigError({ code: 'region_missing', message: 'x' }), 'invalid'],
    ['text', 'broken', 'unknown'],
    ['nothing', undefined, 'unknown'],
  ])('%s', (_name, error, kind) => {
    expect(classifyAwsError(error).kind).toBe(kind)
  })

  it('looks through AwsCredentialsError and keeps its message', () => {
    const cause = named('AccessDenied', 'no', { $metadata: { requestId: 'r-7', httpStatusCode: 403 } })
    const error = new AwsCredentialsError({ message: 'Role x could not be assumed.', cause })
    expect(classifyAwsError(error)).toEqual({
      kind: 'access_denied',
      name: 'AccessDenied',
      message: 'Role x could not be assumed.',
      requestId: 'r-7',
      httpStatus: 403,
    })
  })
})

describe('the facts of an error', () => {
  it('are request id, status, attempts, delay and a redacted message', () => {
    const $metadata = { requestId: 'r-1', httpStatusCode: 400, attempts: 3, totalRetryDelay: 120 }
    const error = named('ThrottlingException', 'Rate exceeded for AKIAIOSFODNN7EXAMPLE', { $metadata })
    expect(classifyAwsError(error)).toEqual({
      kind: 'throttled',
      name: 'ThrottlingException',
      message: 'Rate exceeded for AKIA[redacted]',
      requestId: 'r-1',
      httpStatus: 400,
      attempts: 3,
      retryDelayMs: 120,
    })
  })

  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7000],
    [{ 'Retry-After': '0.5' }, 500],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'x-amz-retry-after': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('retry after %j', (headers, expected) => {
    const error = named('ThrottlingException', '', { $response: { headers } })
    expect(classifyAwsError(error, Date.UTC(2026, 10, 20, 12)).retryAfterMs).toBe(expected)
  })
})
