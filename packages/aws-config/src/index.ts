export {
  type AssumeRoleSettings,
  checkAssumeRole,
  DEFAULT_ROLE_SESSION_SECONDS,
  MAX_CHAINED_ROLE_SESSION_SECONDS,
} from './assume-role.ts'
export type { AwsCall } from './aws-call.ts'
export type { AwsClientConfig, AwsClientConstructor, AwsIdentity, AwsTarget } from './aws-client-config.ts'
export { type AwsClients, type AwsClientsSettings, createAwsClients } from './aws-clients.ts'
export { AwsConfigError, type AwsConfigErrorCode } from './aws-config-error.ts'
export { AwsCredentialsError } from './aws-credentials-error.ts'
export type { AwsLogger } from './aws-logger.ts'
export { AWS_PARTITIONS, type AwsPartition, checkRegion, partitionOfRegion } from './aws-partitions.ts'
export { type AwsErrorFacts, type AwsErrorKind, classifyAwsError } from './classify-aws-error.ts'
export { type AwsAccess, type ClientLimits, DEFAULT_LIMITS } from './client-limits.ts'
export {
  type EcsClusterArn,
  type EcsServiceArn,
  type EcsTaskArn,
  type EcsTaskDefinitionArn,
  parseEcsClusterArn,
  parseEcsServiceArn,
  parseEcsTaskArn,
  parseEcsTaskDefinitionArn,
} from './ecs-arns.ts'
export {
  ENV_ACCESS_KEY_ID,
  ENV_CONFIG_FILE,
  ENV_CONTAINER_CREDENTIALS_FULL_URI,
  ENV_CONTAINER_CREDENTIALS_RELATIVE_URI,
  ENV_CREDENTIALS_FILE,
  ENV_DEFAULT_REGION,
  ENV_EC2_METADATA_DISABLED,
  ENV_ENDPOINT_URL,
  ENV_ENDPOINT_URL_ECS,
  ENV_ENDPOINT_URL_STS,
  ENV_IGNORE_ENDPOINT_URLS,
  ENV_PROFILE,
  ENV_REGION,
  ENV_ROLE_ARN,
  ENV_SECRET_ACCESS_KEY,
  ENV_SESSION_TOKEN,
  ENV_USE_DUALSTACK,
  ENV_USE_FIPS,
  ENV_WEB_IDENTITY_TOKEN_FILE,
  type Environment,
} from './environment-names.ts'
export { type AwsArn, parseAwsArn } from './parse-aws-arn.ts'
export { type IamRoleArn, parseIamRoleArn } from './parse-iam-role-arn.ts'
export { redactAws } from './redact-aws.ts'
export { isSecretName, redactText } from './redact-text.ts'
export {
  type EndpointSettings,
  endpointEnvironmentName,
  type ResolvedEndpoint,
  resolveEndpoint,
} from './resolve-endpoint.ts'
export { type RegionSources, type ResolvedRegion, resolveRegion } from './resolve-region.ts'
export { type AwsResponseFacts, responseFacts } from './response-facts.ts'
export { defaultSessionName, isSessionName } from './session-name.ts'
