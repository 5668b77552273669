import type { AwsErrorFacts } from './aws-error-facts.ts'

/** The codes of the errors that refusals and failures of AWS become. */
export const AWS_ERROR_KINDS = [
  'access_denied',
  'throttled',
  'quota_exceeded',
  'conflict',
  'timeout',
  'unavailable',
  'invalid_config',
] as const

export interface AwsErrorRule {
  readonly kind: (typeof AWS_ERROR_KINDS)[number]
  /** What to do about it, as a sentence. */
  readonly fix: string
  /** Where in the configuration the cause is. */
  readonly path?: string
}

interface Match {
  readonly names?: RegExp
  readonly message?: RegExp
  readonly systemCodes?: RegExp
  readonly rule: AwsErrorRule
}

const TRY_AGAIN = 'The call is made again later.'
const CLUSTER = 'Check cluster_arn, and that the credentials are for its account.'

/**
 * ECS says with one name and different words what are different things. The texts are from public reports of the real
 * service: hashicorp/terraform-provider-aws#2283 and its find.go, spinnaker/spinnaker#5476. The first that fits counts.
 */
const MATCHES: readonly Match[] = [
  {
    // Node's own codes first: a reset connection reaches us with the name TimeoutError.
    systemCodes: /^(ECONNRESET|ECONNREFUSED|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    rule: { kind: 'unavailable', fix: `Check endpoint_url and the way to AWS. ${TRY_AGAIN}` },
  },
  {
    systemCodes: /^ETIMEDOUT$/,
    rule: { kind: 'timeout', fix: `Check endpoint_url and the way to AWS. ${TRY_AGAIN}` },
  },
  {
    names: /^(TimeoutError|RequestTimeout|RequestTimeoutException)$/,
    rule: { kind: 'timeout', fix: `AWS did not answer in time and may have carried it out. ${TRY_AGAIN}` },
  },
  {
    names: /^InvalidParameterException$/,
    // New roles, and the service-linked role of a fresh account, take a while to be seen everywhere.
    message:
      /unable to assume the service linked role|verify that the ECS service role being passed has the proper|does not have an associated load balancer/i,
    rule: { kind: 'unavailable', fix: `What was just set up is not seen everywhere yet. ${TRY_AGAIN}` },
  },
  { names: /^ClusterNotFoundException$/, rule: { kind: 'invalid_config', path: '/cluster_arn', fix: CLUSTER } },
  {
    names: /^(InvalidParameterException|ClientException)$/,
    message: /cluster (is|was) (inactive|not found)/i,
    rule: { kind: 'invalid_config', path: '/cluster_arn', fix: CLUSTER },
  },
  {
    names: /^InvalidParameterException$/,
    message: /not idempotent|still draining|deployments are active|scaled above 0/i,
    rule: { kind: 'conflict', fix: 'Wait until the service has come to rest.' },
  },
  {
    names: /^(LimitExceeded|ServiceQuotaExceeded)/,
    rule: { kind: 'quota_exceeded', fix: 'Free some, or ask for a higher quota in Service Quotas.' },
  },
  {
    names: /^(ClientException|InvalidParameterException)$/,
    message: /reached the (limit|maximum)|limit (has been |was )?(exceeded|reached)|quota/i,
    rule: { kind: 'quota_exceeded', fix: 'Free some, or ask for a higher quota in Service Quotas.' },
  },
  {
    // Passing, but core's conflict is for good.
    names: /^(UpdateInProgressException|ResourceInUseException|ConflictException|ConcurrentModificationException)$/,
    rule: { kind: 'unavailable', fix: `Another change is under way. ${TRY_AGAIN}` },
  },
  {
    names: /^ServiceNotActiveException$/,
    rule: { kind: 'conflict', fix: 'The service is being deleted; wait, then create it anew.' },
  },
  {
    // Reads and tags of a fresh service: hashicorp/terraform#15073. Callers that know better react before this table.
    names: /^(ServiceNotFoundException|ResourceNotFoundException)$/,
    rule: { kind: 'unavailable', fix: `ECS may not show what was just created. ${TRY_AGAIN}` },
  },
  {
    names: /^(Platform(Unknown|TaskDefinitionIncompatibility)|UnsupportedFeature)/,
    rule: {
      kind: 'invalid_config',
      path: '/platform_version',
      fix: 'Choose a platform version and launch type that the task definition fits.',
    },
  },
  {
    names: /^NamespaceNotFound/,
    rule: {
      kind: 'invalid_config',
      path: '/service_connect/namespace',
      fix: 'Name a Cloud Map namespace that is there.',
    },
  },
  {
    names: /^TargetGroupNotFound/,
    rule: { kind: 'invalid_config', path: '/load_balancers', fix: 'Name target groups that are there.' },
  },
  {
    names: /^ExpiredToken|^RequestExpired$/,
    // Whoever makes the clients renews credentials in time; those that still expire need somebody to sign in.
    rule: { kind: 'access_denied', fix: 'Renew the credentials, and check the clock of this machine.' },
  },
  {
    names:
      /^(AccessDenied|UnauthorizedOperation|AuthFailure|OptInRequired|NotAuthorized|AuthorizationError|UnrecognizedClient|Invalid(Signature|ClientTokenId|AccessKeyId|IdentityToken)|IncompleteSignature|SignatureDoesNotMatch|MissingAuthenticationToken|RegionDisabled)/,
    rule: { kind: 'access_denied', fix: 'Allow it in the policy of the role or user that the worker acts as.' },
  },
  {
    names: /^(CredentialsProviderError|ProviderError|TokenProviderError|AwsCredentialsError)$/,
    rule: {
      kind: 'access_denied',
      fix: 'Give the worker credentials: environment variables, a profile, or a role of its task, pod or instance.',
    },
  },
  {
    message: /^Region is missing/,
    rule: { kind: 'invalid_config', path: '/region', fix: 'Set region, or a cluster_arn that names it.' },
  },
  { names: /^AwsConfigError$/, rule: { kind: 'invalid_config', fix: 'Correct the settings of the AWS clients.' } },
]

/** What an InvalidParameterException or ClientException is about, where its text tells. */
const PATHS: readonly (readonly [RegExp, string])[] = [
  [/task ?definition/i, '/task_definition_arn'],
  [/subnet/i, '/subnets'],
  [/security ?group/i, '/security_groups'],
  [/target ?group|load ?balancer/i, '/load_balancers'],
  [/service registr/i, '/service_registries'],
  [/capacity provider/i, '/capacity_provider_strategy'],
  [/platform version/i, '/platform_version'],
  [/launch ?type/i, '/launch_type'],
  [/public ip/i, '/assign_public_ip'],
  [/\btags?\b/i, '/tags'],
]

/** Decides by name, then by text, then by status. Never fails on an error that is not known. */
export function ruleFor(facts: AwsErrorFacts): AwsErrorRule {
  return MATCHES.find((match) => fits(match, facts))?.rule ?? ruleOfStatus(facts)
}

function fits({ names, message, systemCodes }: Match, facts: AwsErrorFacts): boolean {
  return (
    (names?.test(facts.name) ?? true) &&
    (message?.test(facts.message) ?? true) &&
    (systemCodes?.test(facts.systemCode ?? '') ?? true)
  )
}

/** A gateway's page of HTML arrives as a SyntaxError with nothing but a status. */
function ruleOfStatus({ name, message, httpStatus = 0 }: AwsErrorFacts): AwsErrorRule {
  if (httpStatus === 401 || httpStatus === 403) {
    return { kind: 'access_denied', fix: 'Allow it in the policy of the role or user that the worker acts as.' }
  }
  if (httpStatus === 408) return { kind: 'timeout', fix: TRY_AGAIN }
  if (/^(Server|Internal|Service ?Unavailable|Unavailable)/.test(name) || httpStatus < 400 || httpStatus >= 500) {
    return { kind: 'unavailable', fix: `AWS could not serve it now. ${TRY_AGAIN}` }
  }
  if (name === 'SyntaxError') return { kind: 'unavailable', fix: `Something other than AWS answered. ${TRY_AGAIN}` }
  const path = PATHS.find(([pattern]) => pattern.test(message))?.[1] ?? ''
  return { kind: 'invalid_config', path, fix: 'Correct the configuration, and apply it again.' }
}
