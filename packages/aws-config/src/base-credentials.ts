import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsCredentialIdentity } from '@smithy/types'
import { AwsCredentialsError } from './aws-credentials-error.ts'
import type { AwsLogger } from './aws-logger.ts'
import { ENV_PROFILE } from './environment-names.ts'
import { redactText } from './redact-text.ts'
import { toSdkLogger } from './to-sdk-logger.ts'

export interface BaseCredentialsOptions {
  /** The profile that the settings name. Absent: the SDK's default chain, in which `AWS_PROFILE` has its say. */
  readonly profile?: string
  /** Of the STS that web identity and a profile's role are exchanged at. */
  readonly region: string
  readonly requestHandler: NodeHttpHandler
  readonly logger: AwsLogger
}

/**
 * Loads credentials once: from a named profile, or from the SDK's default chain.
 *
 * A named profile is asked alone. In the SDK's chain a profile that does not exist is passed over, and the machine's
 * own role would serve instead of the account that was meant. Throws AwsCredentialsError.
 */
export function baseCredentialsLoader(options: BaseCredentialsOptions): () => Promise<AwsCredentialIdentity> {
  const { profile, region, requestHandler } = options
  const logger = toSdkLogger({ logger: options.logger })
  // `ignoreCache`: keys rotated in the files are seen at the next load instead of at the next start.
  const provider =
    profile === undefined
      ? fromNodeProviderChain({ logger, ignoreCache: true })
      : fromIni({ profile, logger, ignoreCache: true })
  // Not `clientConfig.region`: that one would also replace the region of an SSO session.
  const callerClientConfig = { region: () => Promise.resolve(region), requestHandler }
  return async () => {
    try {
      return await provider({ callerClientConfig })
    } catch (error) {
      throw new AwsCredentialsError({ message: explain(error, profile), cause: error })
    }
  }
}

function explain(error: unknown, profile: string | undefined): string {
  const reason = redactText(error instanceof Error ? error.message : String(error))
  if (profile !== undefined) {
    return `Profile "${profile}" gave no AWS credentials. ${reason} Check the profile's name and, if it is one of SSO, run "aws sso login --profile ${profile}".`
  }
  return `No AWS credentials were found in the environment, the shared files, SSO, a process, web identity, a container's or an instance's role. ${reason} Give this process a role, or set ${ENV_PROFILE} or keys.`
}
