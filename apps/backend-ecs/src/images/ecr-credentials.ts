import { GetAuthorizationTokenCommand, type GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr'
import type { BackendDeps } from '../backend-deps.ts'
import type { RegistryCredentials } from './registry-credentials.ts'

/** Any account's: a token is for all registries of its Region that the caller may read. */
const ECR_HOST = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/
/** A registry on this machine may be an emulated ECR; no other host is worth a call of AWS. */
const LOOPBACK = /^(localhost|127\.[\d.]+)(:\d+)?$/

const NO_TOKEN: GetAuthorizationTokenCommandOutput = { $metadata: {} }

/**
 * Logs in to ECR with the backend's own credentials for AWS, where a client gave none. Undefined for any other registry, which never
 * sees the token. Rejects where AWS refuses it.
 */
export function createEcrLogin({ aws, settings }: Pick<BackendDeps, 'aws' | 'settings'>) {
  return async (registry: string): Promise<RegistryCredentials | undefined> => {
    const isOurs = ECR_HOST.exec(registry)?.[1] === settings.ecs.region
    if (!isOurs && !LOOPBACK.test(registry)) return undefined
    const answer = aws.ecr('read').send(new GetAuthorizationTokenCommand({}))
    const { authorizationData: [data] = [] } = await (isOurs ? answer : answer.catch(() => NO_TOKEN))
    if (!isOurs && !(data?.proxyEndpoint?.endsWith(`://${registry}`) ?? false)) return undefined
    const [username = '', ...password] = Buffer.from(data?.authorizationToken ?? '', 'base64')
      .toString()
      .split(':')
    return username === '' ? undefined : { username, password: password.join(':') }
  }
}
