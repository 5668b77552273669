import { loadSharedConfigFiles } from '@smithy/core/config'
import { AwsConfigError } from './aws-config-error.ts'
import { checkRegion } from './aws-partitions.ts'
import {
  ENV_CONFIG_FILE,
  ENV_CREDENTIALS_FILE,
  ENV_DEFAULT_REGION,
  ENV_PROFILE,
  ENV_REGION,
  type Environment,
} from './environment-names.ts'
import { parseAwsArn } from './parse-aws-arn.ts'

export interface RegionSources {
  readonly region?: string
  /** ARNs that the settings name, such as a cluster and a task definition. Those without a region are passed over. */
  readonly arns?: readonly string[]
  /** The profile that the settings name. */
  readonly profile?: string
  /** Default: `process.env`. */
  readonly env?: Environment
}

export interface ResolvedRegion {
  readonly region: string
  /** In words, for a log line or an error: `the ARN …`, `AWS_REGION`. */
  readonly source: string
}

/**
 * Setting, ARN, profile of the settings, `AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile of the environment
 * (`AWS_PROFILE`, or `default`), which comes last here because that is where the SDK has it. Throws AwsConfigError:
 * `region_missing`, `invalid_region`, `invalid_arn`, and `region_mismatch` when the setting and the ARNs disagree.
 */
export async function resolveRegion(sources: RegionSources): Promise<ResolvedRegion> {
  const { profile, env = process.env } = sources
  const named = regionOfSettings(sources)
  if (named !== undefined) return named
  if (profile !== undefined) {
    const region = await regionOfProfile(profile, env)
    if (region !== undefined) return checked(region, `profile "${profile}"`)
  }
  for (const name of [ENV_REGION, ENV_DEFAULT_REGION]) {
    const region = env[name]
    if (region !== undefined && region !== '') return checked(region, name)
  }
  const ambientProfile = env[ENV_PROFILE] || 'default'
  const region = await regionOfProfile(ambientProfile, env)
  if (region !== undefined) return checked(region, `profile "${ambientProfile}"`)
  throw new AwsConfigError({
    code: 'region_missing',
    message: `No AWS region was found in the settings, in an ARN, in profile "${profile ?? ambientProfile}", in ${ENV_REGION} or in ${ENV_DEFAULT_REGION}. Set "region", or ${ENV_REGION}, to a code such as "eu-central-1".`,
  })
}

function regionOfSettings({ region, arns = [] }: RegionSources): ResolvedRegion | undefined {
  let found = region === undefined ? undefined : checked(region, 'the settings')
  for (const text of arns) {
    const arn = parseAwsArn(text)
    if (arn.region === '') continue
    const next = checked(arn.region, `the ARN ${text}`)
    if (found !== undefined && found.region !== next.region) throw mismatch(found, next)
    found ??= next
  }
  return found
}

async function regionOfProfile(profile: string, env: Environment): Promise<string | undefined> {
  const configFilepath = env[ENV_CONFIG_FILE]
  const filepath = env[ENV_CREDENTIALS_FILE]
  const files = await loadSharedConfigFiles({
    ...(configFilepath === undefined ? {} : { configFilepath }),
    ...(filepath === undefined ? {} : { filepath }),
  })
  return files.credentialsFile[profile]?.region ?? files.configFile[profile]?.region
}

function checked(region: string, source: string): ResolvedRegion {
  return { region: checkRegion(region, source), source }
}

function mismatch(one: ResolvedRegion, other: ResolvedRegion): AwsConfigError {
  return new AwsConfigError({
    code: 'region_mismatch',
    message: `The region is ${one.region} by ${one.source}, but ${other.region} by ${other.source}. A call goes to one region: name resources of one region, or leave "region" out.`,
  })
}
