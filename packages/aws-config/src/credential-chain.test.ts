import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stubAwsEnvironment } from './__fixtures__/aws-environment.ts'
import { type FakeAws, startFakeAws } from './__fixtures__/fake-aws.ts'
import { type AwsClients, type AwsClientsSettings, createAwsClients } from './aws-clients.ts'
import { AwsCredentialsError } from './aws-credentials-error.ts'
import { classifyAwsError } from './classify-aws-error.ts'
import { ENV_WEB_IDENTITY_TOKEN_FILE } from './environment-names.ts'

const REGION = 'eu-central-1'
const ENV_KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' }
const profileKeys = (name: string, keyId: string): string =>
  `[${name}]\naws_access_key_id = ${keyId}\naws_secret_access_key = ini-secret\n`

let restore: (() => void) | undefined
let clients: AwsClients | undefined
let aws: FakeAws
beforeEach(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  clients?.close()
  restore?.()
  await aws.close()
})

function open(environment: Parameters<typeof stubAwsEnvironment>[0], settings: AwsClientsSettings = {}): string {
  const stub = stubAwsEnvironment(environment)
  restore = stub.restore
  clients = createAwsClients(settings)
  return stub.folder
}

async function accessKeyId(): Promise<string | undefined> {
  return (await clients?.credentials({ region: REGION })())?.accessKeyId
}

describe('the default chain', () => {
  it('takes keys of the environment before the shared files', async () => {
    open({ credentials: profileKeys('default', 'AKIAINI'), env: ENV_KEYS })
    expect(await accessKeyId()).toBe('AKIAENV')
  })

  it('surprise: AWS_PROFILE hides valid keys of the environment', async () => {
    open({ credentials: profileKeys('work', 'AKIAWORK'), env: { ...ENV_KEYS, AWS_PROFILE: 'work' } })
    expect(await accessKeyId()).toBe('AKIAWORK')
  })

  it('surprise: an AWS_PROFILE that does not exist fails although the environment has valid keys', async () => {
    open({ env: { ...ENV_KEYS, AWS_PROFILE: 'typo' } })
    const error = await accessKeyId().catch((thrown: unknown) => thrown)
    expect(AwsCredentialsError.isInstance(error)).toBe(true)
    expect(classifyAwsError(error)).toMatchObject({ kind: 'no_credentials', name: 'CredentialsProviderError' })
  })

  it('surprise: a default profile in the shared files comes before web identity (IRSA)', async () => {
    const folder = open({
      credentials: profileKeys('default', 'AKIASTRAY'),
      env: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/irsa', AWS_ENDPOINT_URL_STS: aws.url },
    })
    writeFileSync(join(folder, 'token'), 'web-token')
    vi.stubEnv(ENV_WEB_IDENTITY_TOKEN_FILE, join(folder, 'token'))
    expect(await accessKeyId()).toBe('AKIASTRAY')
    expect(aws.requests).toEqual([])
  })

  it('reaches web identity when no file stands before it, and asks STS of the target region', async () => {
    const folder = open({
      env: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/irsa', AWS_ENDPOINT_URL_STS: aws.url },
    })
    writeFileSync(join(folder, 'token'), 'web-token')
    vi.stubEnv(ENV_WEB_IDENTITY_TOKEN_FILE, join(folder, 'token'))
    expect(await accessKeyId()).toBe('ASIAFAKE1')
    expect(aws.requests[0]?.action).toBe('AssumeRoleWithWebIdentity')
    expect(aws.requests[0]?.parameters.get('WebIdentityToken')).toBe('web-token')
  })

  it('runs the process of a profile', async () => {
    const output = JSON.stringify({ Version: 1, AccessKeyId: 'AKIAPROCESS', SecretAccessKey: 'process-secret' })
    const folder = open({ config: '[default]\n' })
    writeFileSync(join(folder, 'keys.json'), output)
    writeFileSync(join(folder, 'config'), `[default]\ncredential_process = cat ${join(folder, 'keys.json')}\n`)
    expect(await accessKeyId()).toBe('AKIAPROCESS')
  })

  it('says where it looked when there is nothing', async () => {
    open({})
    await expect(accessKeyId()).rejects.toThrow(/environment, the shared files, SSO.*Give this process a role/)
  })
})

describe('a profile of the settings', () => {
  it('is asked before the environment', async () => {
    open({ credentials: profileKeys('work', 'AKIAWORK'), env: ENV_KEYS }, { profile: 'work' })
    expect(await accessKeyId()).toBe('AKIAWORK')
  })

  it('is asked alone: one that does not exist never falls through to the machine', async () => {
    const env = { ...ENV_KEYS, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/credentials` }
    open({ credentials: profileKeys('default', 'AKIAINI'), env }, { profile: 'typo' })
    await expect(accessKeyId()).rejects.toThrow(/Profile "typo" gave no AWS credentials/)
    expect(aws.requests).toEqual([])
  })

  it('assumes the role of a profile', async () => {
    const config = `[profile tenant]\nrole_arn = arn:aws:iam::111122223333:role/tenant\nsource_profile = base\n`
    const env = { AWS_ENDPOINT_URL_STS: aws.url }
    open({ config, credentials: profileKeys('base', 'AKIABASE'), env }, { profile: 'tenant' })
    expect(await accessKeyId()).toBe('ASIAFAKE1')
    expect(aws.requests[0]).toMatchObject({ action: 'AssumeRole', accessKeyId: 'AKIABASE', signedRegion: REGION })
  })
})
