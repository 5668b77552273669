/**
 * The environment variables this package or the SDK beneath it reads, when a client or a credential is asked for and
 * never at import. Source: AWS SDKs and Tools Reference Guide, "Environment variables list".
 */
export const ENV_REGION = 'AWS_REGION'
export const ENV_DEFAULT_REGION = 'AWS_DEFAULT_REGION'
export const ENV_PROFILE = 'AWS_PROFILE'
export const ENV_CONFIG_FILE = 'AWS_CONFIG_FILE'
export const ENV_CREDENTIALS_FILE = 'AWS_SHARED_CREDENTIALS_FILE'
export const ENV_ACCESS_KEY_ID = 'AWS_ACCESS_KEY_ID'
export const ENV_SECRET_ACCESS_KEY = 'AWS_SECRET_ACCESS_KEY'
export const ENV_SESSION_TOKEN = 'AWS_SESSION_TOKEN'
export const ENV_WEB_IDENTITY_TOKEN_FILE = 'AWS_WEB_IDENTITY_TOKEN_FILE'
export const ENV_ROLE_ARN = 'AWS_ROLE_ARN'
export const ENV_CONTAINER_CREDENTIALS_RELATIVE_URI = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
export const ENV_CONTAINER_CREDENTIALS_FULL_URI = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'
export const ENV_EC2_METADATA_DISABLED = 'AWS_EC2_METADATA_DISABLED'
export const ENV_ENDPOINT_URL = 'AWS_ENDPOINT_URL'
export const ENV_ENDPOINT_URL_ECS = 'AWS_ENDPOINT_URL_ECS'
export const ENV_ENDPOINT_URL_STS = 'AWS_ENDPOINT_URL_STS'
export const ENV_IGNORE_ENDPOINT_URLS = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'
export const ENV_USE_FIPS = 'AWS_USE_FIPS_ENDPOINT'
export const ENV_USE_DUALSTACK = 'AWS_USE_DUALSTACK_ENDPOINT'

/** `process.env`, or what stands in for it. */
export type Environment = Readonly<Record<string, string | undefined>>
