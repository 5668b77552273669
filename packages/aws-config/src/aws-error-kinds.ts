/** What went wrong, in words that no vendor owns. `cancelled` is an abort by the caller's own signal. */
export type AwsErrorKind =
  | 'access_denied'
  | 'throttled'
  | 'not_found'
  | 'conflict'
  | 'invalid'
  | 'quota'
  | 'unavailable'
  | 'timeout'
  | 'expired_credentials'
  | 'no_credentials'
  | 'cancelled'
  | 'unknown'

const NAMES: Readonly<Partial<Record<AwsErrorKind, readonly string[]>>> = {
  access_denied: [
    'AccessDenied',
    'AccessDeniedException',
    'AuthFailure',
    'AuthorizationError',
    'IncompleteSignature',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'InvalidIdentityToken',
    'InvalidIdentityTokenException',
    'InvalidSignatureException',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'NotAuthorized',
    'OptInRequired',
    'RegionDisabledException',
    'SignatureDoesNotMatch',
    'UnauthorizedException',
    'UnauthorizedOperation',
    'UnrecognizedClientException',
  ],
  expired_credentials: ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'],
  throttled: [
    'BandwidthLimitExceeded',
    'EC2ThrottledException',
    'PriorRequestNotComplete',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
  ],
  conflict: [
    'ConcurrentModificationException',
    'ConflictException',
    'DependencyViolation',
    'OperationAbortedException',
    'ResourceInUse',
    'ResourceInUseException',
    'ServiceNotActiveException',
    'UpdateInProgressException',
  ],
  invalid: [
    'InvalidParameterException',
    'MalformedPolicyDocument',
    'PackedPolicyTooLarge',
    'PlatformTaskDefinitionIncompatibilityException',
    'PlatformUnknownException',
    'SerializationException',
    'UnknownOperationException',
    'UnsupportedFeatureException',
    'UnsupportedOperation',
    'ValidationError',
    'ValidationException',
  ],
  quota: ['LimitExceededException', 'ServiceQuotaExceededException'],
  unavailable: [
    'IDPCommunicationError',
    'IDPCommunicationErrorException',
    'InternalError',
    'InternalFailure',
    'InternalServerError',
    'InternalServerException',
    'ServerException',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'Unavailable',
  ],
  timeout: ['RequestTimeout', 'RequestTimeoutException', 'TimeoutError'],
  no_credentials: ['CredentialsProviderError', 'ProviderError', 'TokenProviderError'],
  cancelled: ['AbortError'],
}

export const KIND_BY_NAME: ReadonlyMap<string, AwsErrorKind> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.map((name) => [name, kind as AwsErrorKind] as const)),
)

/**
 * Names of services that the table does not list follow habits: `RepositoryNotFoundException`,
 * `InvalidSubnetID.NotFound`, `AccessPointAlreadyExists`, `VpcLimitExceeded`. The first that fits counts.
 */
export const KIND_BY_NAME_PATTERN: readonly (readonly [RegExp, AwsErrorKind])[] = [
  [/NotFound(Exception|Fault)?$|^NoSuch/, 'not_found'],
  [/(AlreadyExists|InUse|AlreadyAssociated)(Exception|Fault)?$|\.(Duplicate|InUse)$/, 'conflict'],
  [/(LimitExceeded|QuotaExceeded)(Exception|Fault)?$/, 'quota'],
  [/Throttl/, 'throttled'],
  [/^(Invalid|Malformed|Missing|Unsupported)/, 'invalid'],
]

/** System errors of Node by `code`. ECONNRESET and EPIPE reach us with the name TimeoutError, so codes go first. */
export const KIND_BY_SYSTEM_CODE: ReadonlyMap<string, AwsErrorKind> = new Map([
  ['ECONNRESET', 'unavailable'],
  ['ECONNREFUSED', 'unavailable'],
  ['EPIPE', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['EHOSTUNREACH', 'unavailable'],
  ['ENETUNREACH', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
])

/**
 * ECS says with one name and different words what are different things. Texts from public reports of the real service,
 * such as terraform-provider-aws#2283 and spinnaker#5476.
 */
export const KIND_BY_MESSAGE: readonly { names: RegExp; message: RegExp; kind: AwsErrorKind }[] = [
  {
    names: /^InvalidParameterException$/,
    message: /not idempotent|still draining|deployments are active|scaled above 0/i,
    kind: 'conflict',
  },
  {
    names: /^InvalidParameterException$/,
    message: /unable to assume the service linked role|verify that the ECS service role being passed has the proper/i,
    kind: 'unavailable',
  },
  { names: /^InvalidParameterException$/, message: /specified cluster is inactive/i, kind: 'not_found' },
  { names: /^(ClientException|InvalidParameterException)$/, message: /reached the limit|quota/i, kind: 'quota' },
  { names: /^ClientException$/, message: /task ?definition/i, kind: 'invalid' },
  { names: /^CredentialsProviderError$|^TokenProviderError$/, message: /expired/i, kind: 'expired_credentials' },
  { names: /^Error$/, message: /^Region is missing/, kind: 'invalid' },
]
