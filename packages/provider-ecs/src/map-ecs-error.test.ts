import { inspect } from 'node:util'
import { ComputeError, type ComputeErrorCode, InvalidConfigError, UnavailableError } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { mapEcsError } from './map-ecs-error.ts'

const CONTEXT = {
  operation: 'CreateService',
  subject: 'service shop of cluster fleet',
  permission: 'ecs:CreateService',
}

const thrown = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400, requestId: 'r-1' }, ...more })

const CASES: readonly [name: string, message: string, code: ComputeErrorCode, more?: object][] = [
  ['AccessDeniedException', 'User: x is not authorized to perform: iam:PassRole on resource: y', 'access_denied'],
  ['UnauthorizedOperation', 'You are not authorized', 'access_denied'],
  ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'access_denied'],
  ['ExpiredTokenException', 'The security token included in the request is expired', 'access_denied'],
  ['CredentialsProviderError', 'Could not load credentials from any providers', 'access_denied', { $metadata: {} }],
  ['ThrottlingException', 'Rate exceeded', 'throttled'],
  ['RequestLimitExceeded', 'Request limit exceeded.', 'throttled'],
  ['Whatever', 'slow down', 'throttled', { $metadata: { httpStatusCode: 429 } }],
  ['LimitExceededException', 'The limit for the resource was exceeded.', 'quota_exceeded'],
  ['InvalidParameterException', 'You have reached the limit on the number of services', 'quota_exceeded'],
  ['InvalidParameterException', 'Subnets can have at most 16 items.', 'invalid_config'],
  ['InvalidParameterException', 'Unable to assume the service linked role. Please verify', 'unavailable'],
  ['InvalidParameterException', 'The specified cluster is inactive. Specify an active cluster.', 'invalid_config'],
  ['InvalidParameterException', 'The service cannot be stopped while deployments are active.', 'conflict'],
  ['ClusterNotFoundException', 'Cluster not found.', 'invalid_config'],
  ['ClientException', 'Unable to describe task definition.', 'invalid_config'],
  ['PlatformUnknownException', 'The specified platform version does not exist.', 'invalid_config'],
  ['ServiceNotActiveException', 'Service was not ACTIVE.', 'conflict'],
  ['ServiceNotFoundException', 'Service not found.', 'unavailable'],
  ['UpdateInProgressException', 'There is already an update in progress.', 'unavailable'],
  ['ServerException', 'Service Unavailable', 'unavailable', { $metadata: { httpStatusCode: 500 } }],
  ['SyntaxError', 'Unexpected token < in JSON', 'unavailable', { $metadata: { httpStatusCode: 503 } }],
  ['SyntaxError', 'Unexpected token < in JSON', 'unavailable', { $metadata: { httpStatusCode: 404 } }],
  ['Unknown', 'UnknownError', 'unavailable', { $metadata: { httpStatusCode: 502 } }],
  ['TimeoutError', 'socket hang up', 'unavailable', { code: 'ECONNRESET', $metadata: {} }],
  ['TimeoutError', 'Request timed out', 'timeout', { $metadata: {} }],
  ['Error', 'Region is missing', 'invalid_config', { $metadata: {} }],
  ['FutureException', 'A new kind of refusal', 'invalid_config'],
]

describe('mapEcsError', () => {
  it.each(CASES)('%s "%s" is %s', (name, message, code, more) => {
    const error = mapEcsError(thrown(name, message, more), CONTEXT)
    expect(ComputeError.isInstance(error)).toBe(true)
    expect(error.code).toBe(code)
    expect(error.message).toContain('CreateService for service shop of cluster fleet failed: ')
    expect(error.message).toContain(message.replace(/\.$/, ''))
  })

  it('names the request, the permission that is missing, and what to do', () => {
    const refusal = thrown('AccessDeniedException', 'User: x is not authorized to perform: iam:PassRole on resource: y')
    const error = mapEcsError(refusal, CONTEXT)
    expect(error.details).toEqual({
      operation: 'CreateService',
      aws_error: 'AccessDeniedException',
      request_id: 'r-1',
      permission: 'iam:PassRole',
    })
    expect(error.message).toContain('request r-1')
    expect(mapEcsError(thrown('AccessDenied', 'No.'), CONTEXT).details).toMatchObject({
      permission: 'ecs:CreateService',
    })
  })

  it('says where in the configuration the cause is', () => {
    const pathOf = (name: string, message: string) => {
      const error = mapEcsError(thrown(name, message), CONTEXT)
      return InvalidConfigError.isInstance(error) ? error.issues[0]?.path : undefined
    }
    expect(pathOf('ClusterNotFoundException', 'Cluster not found.')).toBe('/cluster_arn')
    expect(pathOf('ClientException', 'TaskDefinition is inactive')).toBe('/task_definition_arn')
    expect(pathOf('InvalidParameterException', 'The subnet ID does not exist')).toBe('/subnets')
    expect(pathOf('InvalidParameterException', 'Something else')).toBe('')
  })

  it.each([undefined, null, 'text', 42, {}, new Error('bare')])('takes %s', (value) => {
    expect(UnavailableError.isInstance(mapEcsError(value, CONTEXT))).toBe(true)
  })

  it('gives an error of the contract back as it is', () => {
    const error = new UnavailableError({ message: 'gone' })
    expect(mapEcsError(error, CONTEXT)).toBe(error)
  })

  it('tells a cancelled call from one whose time was up', () => {
    const aborted = (reason: unknown) =>
      mapEcsError(thrown('AbortError', 'x'), { ...CONTEXT, signal: AbortSignal.abort(reason) })
    expect(aborted(new Error('stop')).code).toBe('cancelled')
    expect(aborted(new DOMException('late', 'TimeoutError')).code).toBe('timeout')
  })

  it('reads why credentials of a role could not be had', () => {
    const cause = thrown('AccessDenied', 'User: a is not authorized to perform: sts:AssumeRole on resource: b')
    const error = mapEcsError(
      thrown('AwsCredentialsError', `role b: ${cause.message}`, { cause, $metadata: undefined }),
      CONTEXT,
    )
    expect(error.details).toMatchObject({ aws_error: 'AccessDenied', permission: 'sts:AssumeRole' })
  })

  it('shows neither external ids nor access keys', () => {
    const text = 'key AKIAABCDEFGHIJKLMNOP with external id hush-hush is refused'
    const error = mapEcsError(thrown('AccessDenied', text), { ...CONTEXT, secrets: ['hush-hush'] })
    expect(JSON.stringify(error)).not.toMatch(/hush-hush|ABCDEFGH/)
  })

  it('shows no external id in what a log would print of the error and its causes', () => {
    const cause = thrown('ValidationError', "Value 'hush-hush' at 'externalId' failed to satisfy constraint")
    const error = mapEcsError(thrown('AwsCredentialsError', 'role b cannot be assumed', { cause }), {
      ...CONTEXT,
      secrets: ['hush-hush'],
    })
    expect(inspect(error, { depth: 10 })).not.toContain('hush-hush')
    expect(inspect(error, { depth: 10 })).toContain("Value '(hidden)' at 'externalId'")
  })
})
