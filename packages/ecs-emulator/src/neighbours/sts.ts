import { randomBytes } from 'node:crypto'
import type { Emulator } from '../emulator.ts'
import type { XmlValue } from '../query-protocol.ts'
import { QueryError, type QueryNeighbour } from './query-neighbour.ts'

export const STS: QueryNeighbour = {
  version: '2011-06-15',
  style: 'result',
  operations: { GetCallerIdentity: callerIdentity, AssumeRole: assumeRole },
}

function callerIdentity(_parameters: URLSearchParams, { account }: Emulator): XmlValue {
  return { Arn: `arn:aws:iam::${account.id}:root`, UserId: account.id, Account: account.id }
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/
const LONGEST_SESSION_S = 43_200

/** Any role may be assumed; the credentials lead to the same account (invented: the emulator has one). */
function assumeRole(parameters: URLSearchParams, { clock }: Emulator): XmlValue {
  const roleArn = parameters.get('RoleArn') ?? ''
  const session = parameters.get('RoleSessionName') ?? ''
  const seconds = Number(parameters.get('DurationSeconds') ?? 3600)
  const role = ROLE_ARN.exec(roleArn)?.[1]
  if (role === undefined) throw new QueryError('ValidationError', `${roleArn} is invalid`)
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw new QueryError('ValidationError', `RoleSessionName must be 2 to 64 of [\\w+=,.@-]: "${session}".`)
  }
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > LONGEST_SESSION_S) {
    throw new QueryError('ValidationError', `DurationSeconds must be from 900 to ${LONGEST_SESSION_S}.`)
  }
  const roleId = `AROA${randomBytes(8).toString('hex').toUpperCase()}`
  const arn = roleArn.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${role}/${session}`)
  return {
    Credentials: {
      AccessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      SecretAccessKey: randomBytes(20).toString('hex'),
      SessionToken: randomBytes(32).toString('base64'),
      // Clients compare with their own clock, which a fast one must not outrun.
      Expiration: new Date(Math.max(clock.now(), Date.now()) + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `${roleId}:${session}`, Arn: arn },
  }
}
