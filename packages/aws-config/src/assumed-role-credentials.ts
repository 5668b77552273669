import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { type AssumeRoleSettings, sessionSeconds } from './assume-role.ts'
import { AwsCredentialsError } from './aws-credentials-error.ts'
import type { AwsLogger } from './aws-logger.ts'
import { redactText } from './redact-text.ts'
import { toSdkLogger } from './to-sdk-logger.ts'

export interface AssumedRoleOptions {
  readonly role: AssumeRoleSettings
  readonly base: AwsCredentialIdentityProvider
  /** Of the STS endpoint. The SDK's fallback is us-east-1, which does not exist for cn and gov roles. */
  readonly region: string
  readonly stsEndpoint?: string
  readonly maxAttempts: number
  readonly requestHandler: NodeHttpHandler
  readonly logger: AwsLogger
}

/** Assumes the role anew on each call; `checkAssumeRole` has passed. Throws AwsCredentialsError that names the role. */
export function assumedRoleLoader(options: AssumedRoleOptions): () => Promise<AwsCredentialIdentity> {
  const { role, base, logger } = options
  let hasWarned = false
  return async () => {
    const masterCredentials = await base()
    // A session token means temporary credentials, which on a machine are those of a role.
    const callerIsRole = masterCredentials.sessionToken !== undefined
    const seconds = sessionSeconds(role, callerIsRole)
    if (role.durationSeconds !== undefined && seconds < role.durationSeconds && !hasWarned) {
      hasWarned = true
      logger.warn(
        `Role ${role.roleArn} is assumed for ${seconds} s instead of ${role.durationSeconds} s: a role that is assumed from another role lasts at most an hour. It is renewed in time.`,
      )
    }
    try {
      return await assume(options, masterCredentials, seconds)
    } catch (error) {
      const reason = redactText(error instanceof Error ? error.message : String(error))
      throw new AwsCredentialsError({
        message: `Role ${role.roleArn} could not be assumed as session "${role.sessionName}". ${reason} The caller needs sts:AssumeRole on it, and the role's trust policy must allow the caller${role.externalId === undefined ? '' : ' with this external id'}${role.sessionTags === undefined ? '' : ' and sts:TagSession'}.`,
        roleArn: role.roleArn,
        cause: error,
      })
    }
  }
}

function assume(
  { role, region, stsEndpoint, maxAttempts, requestHandler, logger }: AssumedRoleOptions,
  masterCredentials: AwsCredentialIdentity,
  seconds: number,
): Promise<AwsCredentialIdentity> {
  const tags = Object.entries(role.sessionTags ?? {})
  return fromTemporaryCredentials({
    masterCredentials,
    params: {
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      DurationSeconds: seconds,
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      ...(tags.length === 0 ? {} : { Tags: tags.map(([Key, Value]) => ({ Key, Value })) }),
    },
    logger: toSdkLogger({ logger }),
    clientConfig: {
      region,
      requestHandler,
      maxAttempts,
      ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
    },
  })()
}
