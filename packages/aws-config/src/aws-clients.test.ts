import { DescribeClustersCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stubAwsEnvironment } from './__fixtures__/aws-environment.ts'
import { type FakeAws, startFakeAws } from './__fixtures__/fake-aws.ts'
import type { AwsCall } from './aws-call.ts'
import type { AwsTarget } from './aws-client-config.ts'
import { type AwsClients, type AwsClientsSettings, createAwsClients } from './aws-clients.ts'
import { AwsConfigError } from './aws-config-error.ts'
import { classifyAwsError } from './classify-aws-error.ts'
import { ENV_ENDPOINT_URL, ENV_ENDPOINT_URL_ECS } from './environment-names.ts'
import { responseFacts } from './response-facts.ts'

const REGION = 'eu-central-1'
const ROLE = { roleArn: 'arn:aws:iam::444455556666:role/landlord', sessionName: 'landlord-prod-acme' }
const command = new DescribeClustersCommand({})

let aws: FakeAws
let target: AwsTarget
let environment: ReturnType<typeof stubAwsEnvironment>
const opened: AwsClients[] = []

beforeEach(async () => {
  environment = stubAwsEnvironment({})
  aws = await startFakeAws()
  target = { region: REGION, endpoint: { url: aws.url } }
})
afterEach(async () => {
  for (const clients of opened.splice(0)) clients.close()
  await aws.close()
  environment.restore()
})

function open(settings: AwsClientsSettings = {}): AwsClients {
  const credentials = async () => ({ accessKeyId: 'AKIABASE', secretAccessKey: 'base-secret' })
  const clients = createAwsClients({ credentials, ...settings })
  opened.push(clients)
  return clients
}

describe('the cache of clients', () => {
  it('gives the same client for equal targets', () => {
    const clients = open()
    const tagged = (sessionTags: Record<string, string>): AwsTarget => ({ ...target, role: { ...ROLE, sessionTags } })
    const client = clients.get(ECSClient, 'read', tagged({ one: '1', two: '2' }))
    expect(clients.get(ECSClient, 'read', tagged({ two: '2', one: '1' }))).toBe(client)
  })

  it.each<[string, Partial<AwsTarget>]>([
    ['region', { region: 'eu-west-1' }],
    ['role', { role: { ...ROLE, roleArn: 'arn:aws:iam::444455556666:role/other' } }],
    ['external id', { role: { ...ROLE, externalId: 'other' } }],
    ['session', { role: { ...ROLE, sessionName: 'landlord-prod-other' } }],
    ['session tags', { role: { ...ROLE, sessionTags: { tenant: 'other' } } }],
    ['endpoint', { endpoint: { url: 'http://127.0.0.1:1' } }],
    ['no role', { role: undefined as never }],
  ])('tells targets apart by %s', (_name, change) => {
    const clients = open()
    const withRole = { ...target, role: ROLE }
    const client = clients.get(ECSClient, 'read', withRole)
    const { role, ...rest } = { ...withRole, ...change }
    expect(clients.get(ECSClient, 'read', role === undefined ? rest : { ...rest, role })).not.toBe(client)
  })

  it('keeps reads, writes and services apart', () => {
    const clients = open()
    const reader = clients.get(ECSClient, 'read', target)
    expect(clients.get(ECSClient, 'write', target)).not.toBe(reader)
    expect(clients.get(STSClient, 'read', target)).toBeInstanceOf(STSClient)
    expect(clients.get(ECSClient, 'read', target)).toBe(reader)
  })

  it('drops the target that was used least recently, whose client still works', async () => {
    const clients = open({ maxTargets: 1 })
    const first = clients.get(ECSClient, 'read', target)
    clients.get(ECSClient, 'read', { ...target, region: 'eu-west-1' })
    expect(clients.get(ECSClient, 'read', target)).not.toBe(first)
    await expect(first.send(command)).resolves.toMatchObject({ clusters: [] })
  })

  it('refuses a target that cannot work before any call', () => {
    const clients = open()
    expect(() => clients.get(ECSClient, 'read', { region: 'Frankfurt' })).toThrow(/must look like "eu-central-1"/)
    const fips = { region: REGION, endpoint: { url: aws.url, fips: true } }
    expect(() => clients.get(ECSClient, 'read', fips)).toThrow(/Leave one of the two out/)
    const china = { region: 'cn-north-1', role: ROLE }
    expect(() => clients.get(ECSClient, 'read', china)).toThrow(/Credentials do not cross partitions/)
    expect(() => open({ stsEndpoint: 'sts.local' })).toThrow(/must be an http or https URL/)
  })
})

describe('attempts', () => {
  const failure = { status: 500, body: '{"__type":"ServerException","message":"broken"}' }

  it('are counted apart for reads and writes', async () => {
    aws.script.set('DescribeClusters', [failure, failure, failure])
    aws.script.set('UpdateService', [failure, failure])
    const clients = open({ limits: { read: { maxAttempts: 2 }, write: { maxAttempts: 1 } } })
    const read = await clients
      .get(ECSClient, 'read', target)
      .send(command)
      .catch((error: unknown) => classifyAwsError(error))
    expect(read).toMatchObject({ kind: 'unavailable', attempts: 2, httpStatus: 500 })
    const write = await clients
      .get(ECSClient, 'write', target)
      .send(new UpdateServiceCommand({ service: 'web' }))
      .catch((error: unknown) => classifyAwsError(error))
    expect(write).toMatchObject({ kind: 'unavailable', attempts: 1 })
  })

  it('use adaptive retries', async () => {
    const client = open().get(ECSClient, 'write', target)
    expect(await client.config.retryStrategy()).toMatchObject({ mode: 'adaptive' })
  })
})

describe('timeouts', () => {
  it.each(['read', 'write'] as const)('end a %s at a server that accepts and never answers', async (access) => {
    aws.script.set('DescribeClusters', ['hang'])
    const limits = { [access]: { requestTimeoutMs: 50, maxAttempts: 1 } }
    const call = open({ limits }).get(ECSClient, access, target).send(command)
    const facts = await call.catch((error: unknown) => classifyAwsError(error))
    expect(facts).toMatchObject({ kind: 'timeout', name: 'TimeoutError' })
  })

  it('are tried again, and an answer in time wins', async () => {
    aws.script.set('DescribeClusters', ['hang'])
    const limits = { read: { requestTimeoutMs: 400, maxAttempts: 6 } }
    await expect(open({ limits }).get(ECSClient, 'read', target).send(command)).resolves.toMatchObject({ clusters: [] })
    expect(aws.requests.length).toBeGreaterThan(1)
  })

  it('end an AssumeRole that is never answered', async () => {
    aws.script.set('AssumeRole', ['hang'])
    const limits = { sts: { requestTimeoutMs: 50, maxAttempts: 1 } }
    const provider = open({ limits, stsEndpoint: aws.url }).credentials({ region: REGION, role: ROLE })
    const facts = await provider().catch((error: unknown) => classifyAwsError(error))
    expect(facts).toMatchObject({ kind: 'timeout', message: expect.stringContaining(ROLE.roleArn) })
  })

  it('leave an abort by the caller to the caller', async () => {
    aws.script.set('DescribeClusters', ['hang'])
    const controller = new AbortController()
    const call = open().get(ECSClient, 'read', target).send(command, { abortSignal: controller.signal })
    const facts = call.catch((error: unknown) => classifyAwsError(error))
    await vi.waitFor(() => expect(aws.requests).toHaveLength(1), { timeout: 10_000 })
    controller.abort()
    expect(await facts).toMatchObject({ kind: 'cancelled' })
  })
})

describe('endpoints of the environment', () => {
  it('are honoured by the SDK, that of the service first', async () => {
    vi.stubEnv(ENV_ENDPOINT_URL, 'http://127.0.0.1:1')
    vi.stubEnv(ENV_ENDPOINT_URL_ECS, aws.url)
    await open().get(ECSClient, 'read', { region: REGION }).send(command)
    expect(aws.requests).toHaveLength(1)
  })

  it('give way to the settings', async () => {
    vi.stubEnv(ENV_ENDPOINT_URL_ECS, 'http://127.0.0.1:1')
    await open().get(ECSClient, 'read', target).send(command)
    expect(aws.requests).toHaveLength(1)
  })

  it('serve every service when general', async () => {
    vi.stubEnv(ENV_ENDPOINT_URL, aws.url)
    aws.script.set('GetCallerIdentity', [{ status: 403, body: '<ErrorResponse/>' }])
    const call = open().get(STSClient, 'read', { region: REGION }).send(new GetCallerIdentityCommand({}))
    await expect(call).rejects.toThrow()
    expect(aws.requests[0]?.action).toBe('GetCallerIdentity')
  })
})

describe('what is told', () => {
  it('is every call with its request id, without its content', async () => {
    const calls: AwsCall[] = []
    aws.script.set('UpdateService', [
      { status: 400, body: '{"__type":"ServiceNotFoundException","message":"Service not found."}' },
    ])
    const clients = open({ observe: (call) => calls.push(call) })
    const output = await clients.get(ECSClient, 'read', target).send(command)
    const update = new UpdateServiceCommand({ service: 'web', cluster: 'secret-cluster' })
    await expect(clients.get(ECSClient, 'write', target).send(update)).rejects.toThrow('Service not found.')
    expect(responseFacts(output)).toMatchObject({ requestId: 'ecs-1', httpStatus: 200, attempts: 1 })
    expect(calls).toEqual([
      expect.objectContaining({ service: 'ECS', operation: 'DescribeClusters', outcome: 'ok', requestId: 'ecs-1' }),
      expect.objectContaining({
        operation: 'UpdateService',
        outcome: 'failed',
        kind: 'not_found',
        errorName: 'ServiceNotFoundException',
        requestId: 'scripted',
      }),
    ])
    expect(JSON.stringify(calls)).not.toContain('secret-cluster')
  })
})

describe('close', () => {
  it('ends calls in flight and refuses new ones', async () => {
    aws.script.set('DescribeClusters', ['hang'])
    const clients = open({ limits: { read: { maxAttempts: 1 } } })
    const call = clients.get(ECSClient, 'read', target).send(command)
    const facts = call.catch((error: unknown) => classifyAwsError(error))
    await vi.waitFor(() => expect(aws.requests).toHaveLength(1), { timeout: 10_000 })
    clients.close()
    clients.close()
    expect(await facts).toMatchObject({ kind: 'unavailable' })
    const error = thrownBy(() => clients.get(ECSClient, 'read', target))
    expect(AwsConfigError.isInstance(error) && error.code).toBe('closed')
  })
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
