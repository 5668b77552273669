import { AwsConfigError } from './aws-config-error.ts'
import { ENV_ENDPOINT_URL, ENV_IGNORE_ENDPOINT_URLS, type Environment } from './environment-names.ts'

/** Where one service is called. An explicit URL excludes FIPS and dual-stack, which are other names of AWS's own hosts. */
export interface EndpointSettings {
  readonly url?: string
  readonly fips?: boolean
  readonly dualStack?: boolean
}

export type ResolvedEndpoint =
  | { readonly kind: 'explicit'; readonly url: string; readonly source: string }
  | { readonly kind: 'aws'; readonly fips: boolean; readonly dualStack: boolean }

/**
 * The setting, then `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, then AWS. `serviceId` is the SDK's, such as
 * `ECS` or `CloudWatch Logs`. The SDK also reads `endpoint_url` of a profile, which is not looked at here.
 * Throws AwsConfigError (`invalid_endpoint`).
 */
export function resolveEndpoint(
  serviceId: string,
  settings: EndpointSettings = {},
  env: Environment = process.env,
): ResolvedEndpoint {
  const { fips = false, dualStack = false } = settings
  const found = findUrl(serviceId, settings, env)
  if (found === undefined) return { kind: 'aws', fips, dualStack }
  checkUrl(found.url, found.source)
  if (fips || dualStack) throw excluded(fips ? 'fips' : 'dual-stack', found)
  return { kind: 'explicit', ...found }
}

/** `CloudWatch Logs` to `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`. Source: AWS SDKs guide, "Service-specific endpoints". */
export function endpointEnvironmentName(serviceId: string): string {
  return `${ENV_ENDPOINT_URL}_${serviceId.replaceAll(/[ -]/g, '_').toUpperCase()}`
}

function findUrl(
  serviceId: string,
  { url }: EndpointSettings,
  env: Environment,
): { url: string; source: string } | undefined {
  if (url !== undefined) return { url, source: 'the settings' }
  if (env[ENV_IGNORE_ENDPOINT_URLS] === 'true') return undefined
  for (const source of [endpointEnvironmentName(serviceId), ENV_ENDPOINT_URL]) {
    const value = env[source]
    if (value !== undefined && value !== '') return { url: value, source }
  }
  return undefined
}

function checkUrl(url: string, source: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:'
  if (parsed !== undefined && isHttp && parsed.username === '' && parsed.password === '') return
  // A URL with a password in it must not end up in a log through this message.
  const shown = parsed?.password ? `one with a password, for ${parsed.host}` : JSON.stringify(url)
  throw new AwsConfigError({
    code: 'invalid_endpoint',
    message: `The AWS endpoint from ${source} must be an http or https URL without user and password, such as "http://127.0.0.1:4566", but it is ${shown}.`,
  })
}

function excluded(what: string, { url, source }: { url: string; source: string }): AwsConfigError {
  return new AwsConfigError({
    code: 'invalid_endpoint',
    message: `A ${what} endpoint was asked for, but ${source} sets the endpoint ${url}. Leave one of the two out.`,
  })
}
