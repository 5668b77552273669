import { type AwsArn, invalidArn, parseAwsArn } from './parse-aws-arn.ts'

export interface IamRoleArn extends AwsArn {
  /** Begins and ends with a slash; `/` for a role without one. */
  readonly path: string
  readonly roleName: string
}

const ROLE_EXAMPLE = 'arn:aws:iam::111122223333:role/landlord'
/** IAM API reference, CreateRole: RoleName and Path. */
const ROLE_RESOURCE = /^role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/

/** Throws AwsConfigError (`invalid_arn`). */
export function parseIamRoleArn(text: string): IamRoleArn {
  const arn = parseAwsArn(text, ROLE_EXAMPLE)
  if (arn.service === 'sts') {
    throw invalidArn(text, ROLE_EXAMPLE, 'It names a session of a role; write the role itself, from IAM.')
  }
  if (arn.service !== 'iam') throw invalidArn(text, ROLE_EXAMPLE, `It belongs to "${arn.service}", not to IAM.`)
  if (arn.accountId === '') throw invalidArn(text, ROLE_EXAMPLE, 'The account is missing.')
  const match = ROLE_RESOURCE.exec(arn.resource)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw invalidArn(text, ROLE_EXAMPLE, `"${arn.resource}" is not "role/" with a name of up to 64 characters.`)
  }
  return { ...arn, path: match[1], roleName: match[2] }
}
