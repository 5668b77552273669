import { parse, validate } from '@aws-sdk/util-arn-parser'
import { AwsConfigError } from './aws-config-error.ts'
import { AWS_PARTITIONS } from './aws-partitions.ts'

/** The parts of an ARN. `region` and `accountId` are empty for what is global, such as the region of a role. */
export interface AwsArn {
  readonly text: string
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly accountId: string
  /** Everything after the account: `cluster/main`, `role/path/name`. */
  readonly resource: string
}

const ACCOUNT_ID = /^(\d{12}|aws)?$/

/** Throws AwsConfigError (`invalid_arn`). `example` is shown in the message as the form that was expected. */
export function parseAwsArn(text: string, example = 'arn:aws:ecs:eu-central-1:111122223333:cluster/main'): AwsArn {
  if (text !== text.trim() || /\s/.test(text)) throw invalidArn(text, example, 'It contains white space.')
  if (!validate(text))
    throw invalidArn(text, example, 'An ARN has six parts, separated by colons, and begins with "arn".')
  const { partition, service, region, accountId, resource } = parse(text)
  if (!AWS_PARTITIONS.some((known) => known.id === partition)) {
    const known = AWS_PARTITIONS.map(({ id }) => id).join(', ')
    throw invalidArn(text, example, `"${partition}" is no partition; those are ${known}.`)
  }
  if (service === '' || resource === '')
    throw invalidArn(text, example, 'The service and the resource cannot be empty.')
  if (!ACCOUNT_ID.test(accountId)) throw invalidArn(text, example, `The account must be 12 digits, not "${accountId}".`)
  return { text, partition, service, region, accountId, resource }
}

export function invalidArn(text: string, example: string, reason: string): AwsConfigError {
  return new AwsConfigError({
    code: 'invalid_arn',
    message: `${JSON.stringify(text)} is not an ARN of the form ${example}. ${reason}`,
  })
}
