import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stubAwsEnvironment } from './__fixtures__/aws-environment.ts'
import { type FakeAws, startFakeAws } from './__fixtures__/fake-aws.ts'
import type { AssumeRoleSettings } from './assume-role.ts'
import { type AwsClients, type AwsClientsSettings, createAwsClients } from './aws-clients.ts'
import { classifyAwsError } from './classify-aws-error.ts'

const REGION = 'eu-central-1'
const ROLE: AssumeRoleSettings = {
  roleArn: 'arn:aws:iam::444455556666:role/landlord',
  sessionName: 'landlord-prod-acme',
  externalId: 'only-for-acme',
  durationSeconds: 900,
  sessionTags: { tenant: 'acme', tier: 'pro' },
}
const USER_KEYS = { accessKeyId: 'AKIABASE', secretAccessKey: 'base-secret' }
const DENIED =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error><RequestId>r-1</RequestId></ErrorResponse>'

let aws: FakeAws
let now: number
const warnings: string[] = []
const opened: AwsClients[] = []
let environment: ReturnType<typeof stubAwsEnvironment>

beforeEach(async () => {
  environment = stubAwsEnvironment({})
  aws = await startFakeAws()
  now = Date.now()
  warnings.length = 0
})
afterEach(async () => {
  for (const clients of opened.splice(0)) clients.close()
  await aws.close()
  environment.restore()
})

function open(settings: AwsClientsSettings = {}): AwsClients {
  const clients = createAwsClients({
    credentials: async () => USER_KEYS,
    stsEndpoint: aws.url,
    logger: { debug: () => {}, warn: (line) => warnings.push(line) },
    now: () => now,
    ...settings,
  })
  opened.push(clients)
  return clients
}

function assumeCalls(): FakeAws['requests'] {
  return aws.requests.filter(({ action }) => action === 'AssumeRole')
}

const target = (role: AssumeRoleSettings = ROLE) => ({ region: REGION, role, endpoint: { url: aws.url } })

describe('assuming a role', () => {
  it('sends external id, session, tags and duration to STS of the region, signed with the base credentials', async () => {
    await open().credentials({ region: REGION, role: ROLE })()
    const [call] = assumeCalls()
    expect(call).toMatchObject({ accessKeyId: 'AKIABASE', signedRegion: REGION })
    expect(Object.fromEntries(call?.parameters ?? [])).toMatchObject({
      RoleArn: ROLE.roleArn,
      RoleSessionName: 'landlord-prod-acme',
      ExternalId: 'only-for-acme',
      DurationSeconds: '900',
      'Tags.member.1.Key': 'tenant',
      'Tags.member.1.Value': 'acme',
      'Tags.member.2.Key': 'tier',
    })
  })

  it('assumes it once for all clients and for parallel calls', async () => {
    const clients = open()
    const reader = clients.get(ECSClient, 'read', target())
    const writer = clients.get(ECSClient, 'write', target())
    const calls = [reader, reader, writer, writer].map((client) => client.send(new DescribeClustersCommand({})))
    await Promise.all(calls)
    expect(assumeCalls()).toHaveLength(1)
    const signers = aws.requests.filter(({ action }) => action === 'DescribeClusters').map((call) => call.accessKeyId)
    expect(new Set(signers)).toEqual(new Set(['ASIAFAKE1']))
    expect(signers).toHaveLength(4)
  })

  it('asks for an hour at most when the caller is a role itself, and says so once', async () => {
    const clients = open({ credentials: async () => ({ ...USER_KEYS, sessionToken: 'of-a-role' }) })
    const provider = clients.credentials({ region: REGION, role: { ...ROLE, durationSeconds: 43_200 } })
    await provider()
    await provider({ forceRefresh: true })
    expect(assumeCalls().map((call) => call.parameters.get('DurationSeconds'))).toEqual(['3600', '3600'])
    expect(warnings).toEqual([expect.stringContaining('3600 s instead of 43200 s')])
  })

  it('lets a user assume it for as long as the settings say', async () => {
    await open().credentials({ region: REGION, role: { ...ROLE, durationSeconds: 43_200 } })()
    expect(assumeCalls()[0]?.parameters.get('DurationSeconds')).toBe('43200')
    expect(warnings).toEqual([])
  })

  it('names the role when STS refuses, and is classified by what STS said', async () => {
    aws.script.set('AssumeRole', [{ status: 403, body: DENIED, headers: { 'content-type': 'text/xml' } }])
    const error = await open()
      .get(ECSClient, 'read', target())
      .send(new DescribeClustersCommand({}))
      .catch((thrown: unknown) => thrown)
    const facts = classifyAwsError(error)
    expect(facts).toMatchObject({ kind: 'access_denied', name: 'AccessDenied', httpStatus: 403 })
    expect(facts.message).toContain(`Role ${ROLE.roleArn} could not be assumed`)
    expect(facts.message).not.toContain('only-for-acme')
  })
})

describe('renewal', () => {
  it('renews five minutes before the end, and not sooner', async () => {
    aws.expiration = new Date(now + 3_600_000)
    const provider = open().credentials({ region: REGION, role: ROLE })
    const first = await provider()
    now += 54 * 60_000
    expect(await provider()).toEqual(first)
    now += 2 * 60_000
    aws.expiration = new Date(now + 3_600_000)
    expect((await provider()).accessKeyId).toBe('ASIAFAKE2')
  })

  it('goes on with valid credentials when a renewal fails, then tries again', async () => {
    aws.expiration = new Date(now + 3_600_000)
    const provider = open().credentials({ region: REGION, role: ROLE })
    await provider()
    now += 56 * 60_000
    aws.script.set('AssumeRole', [{ status: 403, body: DENIED, headers: { 'content-type': 'text/xml' } }])
    expect((await provider()).accessKeyId).toBe('ASIAFAKE1')
    expect((await provider()).accessKeyId).toBe('ASIAFAKE1')
    expect(assumeCalls()).toHaveLength(2)
    expect(warnings[0]).toContain('could not be refreshed')
    now += 15_000
    expect((await provider()).accessKeyId).toBe('ASIAFAKE3')
  })

  it('fails when a renewal fails and nothing valid is left', async () => {
    aws.expiration = new Date(now + 3_600_000)
    const provider = open().credentials({ region: REGION, role: ROLE })
    await provider()
    now += 3_600_000
    aws.script.set('AssumeRole', [{ status: 403, body: DENIED, headers: { 'content-type': 'text/xml' } }])
    await expect(provider()).rejects.toThrow(/could not be assumed/)
  })

  it('assumes it anew after forget', async () => {
    const clients = open()
    const before = clients.get(ECSClient, 'read', target())
    await before.send(new DescribeClustersCommand({}))
    clients.forget(target())
    const after = clients.get(ECSClient, 'read', target())
    await after.send(new DescribeClustersCommand({}))
    expect(after).not.toBe(before)
    expect(assumeCalls()).toHaveLength(2)
  })

  it('reads the base credentials anew after forget too', async () => {
    let reads = 0
    const clients = open({ credentials: async () => ({ ...USER_KEYS, accessKeyId: `AKIABASE${++reads}` }) })
    await clients.credentials({ region: REGION, role: ROLE })()
    clients.forget({ region: REGION, role: ROLE })
    await clients.credentials({ region: REGION, role: ROLE })()
    expect(assumeCalls().map((call) => call.accessKeyId)).toEqual(['AKIABASE1', 'AKIABASE2'])
  })
})
