import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEcsEmulator } from '@landlord/ecs-emulator'
import { expect, onTestFinished, test } from 'vitest'
import { openAwsAccount } from '../aws/aws-account.ts'
import { createEcrLogin } from './ecr-credentials.ts'

const ECR = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

async function startLogin() {
  const imageFolder = await mkdtemp(join(tmpdir(), 'backend-ecs-login-'))
  onTestFinished(() => rm(imageFolder, { recursive: true }))
  const emulator = await startEcsEmulator({ runtime: 'simulated', imageFolder })
  onTestFinished(() => emulator.close())
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_ACCESS_KEY_ID: 'emulator',
    AWS_SECRET_ACCESS_KEY: 'emulator',
  })
  const calls: string[] = []
  const aws = openAwsAccount({ region: 'us-east-1', observe: ({ operation }) => calls.push(operation) })
  onTestFinished(() => aws.close())
  const login = createEcrLogin({ aws, settings: { ecs: { region: 'us-east-1' } } as never })
  return { login, emulator, calls }
}

test('a registry of ECR is logged in to with a token of AWS, whichever account has it', async () => {
  const { login, calls } = await startLogin()
  expect(await login(ECR)).toEqual({ username: 'AWS', password: expect.stringMatching(/^\S{20,}$/) })
  expect(calls).toEqual(['GetAuthorizationToken'])
})

test.each([ECR.replace('us-east-1', 'eu-west-1'), `${ECR}.example.com`, `example.com.${ECR}`, 'docker.io'])(
  '%s gets no token, and AWS is not asked',
  async (registry) => {
    const { login, calls } = await startLogin()
    expect(await login(registry)).toBeUndefined()
    expect(calls).toEqual([])
  },
)

test('a refusal by AWS is passed on for ECR, and none of the business of another registry', async () => {
  const { login, emulator } = await startLogin()
  const refuse = () =>
    emulator.control.injectFault({
      operation: 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      fault: { kind: 'error', type: 'AccessDeniedException', message: 'not authorized' },
    })
  refuse()
  await expect(login(ECR)).rejects.toMatchObject({
    status: 500,
    message: expect.stringMatching(/^ecr: get authorization token: .*grant the permission/),
  })
  refuse()
  expect(await login('127.0.0.1:5000')).toBeUndefined()
})
