import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs'
import { startEcsEmulator } from '@landlord/ecs-emulator'
import { startSilentServer } from '@landlord/provider-conformance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS } from './__fixtures__/start-calls.ts'
import { createDefaultAwsClients, type DefaultAwsClientsOptions } from './default-aws-clients.ts'

const HERE = { region: 'us-east-1' }

function createClients(options: DefaultAwsClientsOptions) {
  const clients = createDefaultAwsClients(options)
  onTestFinished(() => clients.close())
  return clients
}

describe('createDefaultAwsClients', () => {
  it('keeps one client for each constructor, access and target', () => {
    const clients = createClients({ credentials: CREDENTIALS })
    const client = clients.get(ECSClient, 'read', HERE)
    expect(clients.get(ECSClient, 'read', { ...HERE })).toBe(client)
    expect(clients.get(ECSClient, 'write', HERE)).not.toBe(client)
    expect(clients.get(ECSClient, 'read', { region: 'eu-west-1' })).not.toBe(client)
    expect(clients.get(ECSClient, 'read', { ...HERE, endpoint: { url: 'http://127.0.0.1:1' } })).not.toBe(client)
  })

  it('uses the credentials of the environment where none are given', async () => {
    const emulator = await startEcsEmulator()
    onTestFinished(() => emulator.close())
    for (const [name, value] of [
      ['AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT'],
      ['AWS_SECRET_ACCESS_KEY', 'secret'],
    ] as const) {
      const before = process.env[name]
      process.env[name] = value
      onTestFinished(() => {
        if (before === undefined) delete process.env[name]
        else process.env[name] = before
      })
    }
    const client = createClients({}).get(ECSClient, 'read', { ...HERE, endpoint: { url: emulator.url } })
    expect((await client.config.credentials()).accessKeyId).toBe('AKIAENVIRONMENT')
    expect((await client.send(new DescribeClustersCommand({}))).clusters).toEqual([])
  })

  it('refuses a role, and says what is needed', () => {
    const role = { roleArn: 'arn:aws:iam::000000000000:role/a', sessionName: 'landlord', externalId: 'hush' }
    const get = () => createClients({ credentials: CREDENTIALS }).get(ECSClient, 'read', { ...HERE, role })
    expect(get).toThrowError(/\/assume_role: needs credentials that can assume a role/)
    expect(get).not.toThrowError(/hush/)
  })

  it('ends a request that nobody answers', async () => {
    const silent = await startSilentServer()
    onTestFinished(() => silent.close())
    const limits = { read: { maxAttempts: 1, requestTimeoutMs: 50 } }
    const clients = createClients({ credentials: CREDENTIALS, limits })
    const client = clients.get(ECSClient, 'read', { ...HERE, endpoint: { url: silent.url } })
    await expect(client.send(new DescribeClustersCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
