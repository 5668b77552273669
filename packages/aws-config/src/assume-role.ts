import { AwsConfigError } from './aws-config-error.ts'
import { partitionOfRegion } from './aws-partitions.ts'
import { parseIamRoleArn } from './parse-iam-role-arn.ts'
import { isSessionName } from './session-name.ts'

export interface AssumeRoleSettings {
  readonly roleArn: string
  /** See `defaultSessionName`. */
  readonly sessionName: string
  /** What the role's owner asks of whoever assumes it, against the confused deputy. Treated as a secret in logs. */
  readonly externalId?: string
  /**
   * 900 to 43,200; default 3,600. Not above the role's own maximum, which STS checks. A role that is assumed from
   * another role never lasts longer than an hour: a longer duration is then lowered to 3,600, with a warning.
   */
  readonly durationSeconds?: number
  /** At most 50. The role's trust policy must allow `sts:TagSession`. */
  readonly sessionTags?: Readonly<Record<string, string>>
}

export const DEFAULT_ROLE_SESSION_SECONDS = 3600
/** STS refuses more when the caller is itself a role (IAM user guide, "Role chaining"). */
export const MAX_CHAINED_ROLE_SESSION_SECONDS = 3600
const MIN_SESSION_SECONDS = 900
const MAX_SESSION_SECONDS = 43_200

// STS API reference, AssumeRole: ExternalId and Tags.
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const MAX_TAGS = 50
const MAX_TAG_KEY = 128
const MAX_TAG_VALUE = 256

/**
 * Everything about a role that can be known without a call. Throws AwsConfigError: `invalid_arn`,
 * `invalid_assume_role`, and `partition_mismatch` when the role's partition is not the region's.
 */
export function checkAssumeRole(settings: AssumeRoleSettings, region: string): void {
  const role = parseIamRoleArn(settings.roleArn)
  const partition = partitionOfRegion(region).id
  if (role.partition !== partition) {
    throw new AwsConfigError({
      code: 'partition_mismatch',
      message: `The role ${role.text} is of partition ${role.partition}, but region ${region} is of ${partition}. Credentials do not cross partitions: name a role of ${partition}, or another region.`,
    })
  }
  if (!isSessionName(settings.sessionName)) {
    throw invalid(
      `The session name must be 2 to 64 letters, digits or "_+=,.@-", but it is ${JSON.stringify(settings.sessionName)}.`,
    )
  }
  if (settings.externalId !== undefined && !EXTERNAL_ID.test(settings.externalId)) {
    throw invalid(
      'The external id must be 2 to 1224 letters, digits or "_+=,.@:/-"; the one given is not (it is not shown).',
    )
  }
  checkDuration(settings.durationSeconds)
  checkTags(settings.sessionTags ?? {})
}

/** The duration to ask for, given that the caller's own credentials are those of a role or not. */
export function sessionSeconds(settings: AssumeRoleSettings, callerIsRole: boolean): number {
  const wanted = settings.durationSeconds ?? DEFAULT_ROLE_SESSION_SECONDS
  return callerIsRole ? Math.min(wanted, MAX_CHAINED_ROLE_SESSION_SECONDS) : wanted
}

function checkDuration(seconds: number | undefined): void {
  if (seconds === undefined) return
  if (Number.isInteger(seconds) && seconds >= MIN_SESSION_SECONDS && seconds <= MAX_SESSION_SECONDS) return
  throw invalid(
    `The duration must be ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS} whole seconds, but it is ${seconds}.`,
  )
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS)
    throw invalid(`There may be ${MAX_TAGS} session tags, but there are ${entries.length}.`)
  for (const [key, value] of entries) {
    const fits = key.length >= 1 && key.length <= MAX_TAG_KEY && value.length <= MAX_TAG_VALUE
    if (fits && TAG_TEXT.test(key) && TAG_TEXT.test(value) && !key.toLowerCase().startsWith('aws:')) continue
    throw invalid(
      `The session tag ${JSON.stringify(key)} must have a key of 1 to ${MAX_TAG_KEY} and a value of at most ${MAX_TAG_VALUE} letters, digits, spaces or "_.:/=+-@", and not begin with "aws:".`,
    )
  }
}

function invalid(message: string): AwsConfigError {
  return new AwsConfigError({ code: 'invalid_assume_role', message })
}
