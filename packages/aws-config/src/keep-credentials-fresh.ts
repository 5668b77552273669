import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import type { AwsLogger } from './aws-logger.ts'
import { redactText } from './redact-text.ts'

/** The SDK's own margin; clients ask again once less than this is left. */
const REFRESH_BEFORE_MS = 5 * 60_000
/** Credentials with less than this left are not handed out: a request signed now must still arrive in time. */
const MIN_LEFT_MS = 30_000
/** After a failed refresh the source is left alone for a while, so that a fleet of calls does not storm STS. */
const RETRY_REFRESH_AFTER_MS = 15_000

export interface FreshCredentialsOptions {
  readonly load: () => Promise<AwsCredentialIdentity>
  readonly now: () => number
  readonly logger: AwsLogger
}

/**
 * One set of credentials for all clients that share it. The SDK caches per client, so that three clients of a role
 * assume it three times, and it fails a call when a refresh fails although the credentials in hand are still valid.
 * Here parallel callers wait for one load, and a failed refresh is bridged as long as they are valid.
 */
export function keepCredentialsFresh(options: FreshCredentialsOptions): AwsCredentialIdentityProvider {
  const { load, now, logger } = options
  let current: AwsCredentialIdentity | undefined
  let loading: Promise<AwsCredentialIdentity> | undefined
  let notBefore = 0

  async function refresh(): Promise<AwsCredentialIdentity> {
    try {
      current = await load()
      return current
    } catch (error) {
      if (current === undefined || millisecondsLeft(current, now()) < MIN_LEFT_MS) throw error
      notBefore = now() + RETRY_REFRESH_AFTER_MS
      const reason = redactText(error instanceof Error ? error.message : String(error))
      logger.warn(`AWS credentials could not be refreshed; the present ones are used while they are valid. ${reason}`)
      return current
    }
  }

  return async (properties) => {
    const isForced = properties?.forceRefresh === true
    if (current !== undefined && !isForced) {
      const left = millisecondsLeft(current, now())
      if (left >= REFRESH_BEFORE_MS || (left >= MIN_LEFT_MS && now() < notBefore)) return current
    }
    loading ??= refresh().finally(() => {
      loading = undefined
    })
    return loading
  }
}

function millisecondsLeft({ expiration }: AwsCredentialIdentity, now: number): number {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - now
}
