import { CreateClusterCommand } from '@aws-sdk/client-ecs'
import { startEcsEmulator } from '@landlord/ecs-emulator'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { openAwsAccount } from '../aws/aws-account.ts'
import { openEventLog } from '../events/event-log.ts'
import { loadBackendSettings } from '../settings/load-backend-settings.ts'
import { openStateStore } from '../store/state-store.ts'
import { createNetworkOperations } from './network-operations.ts'

test('a recovery takes down what a dead process left half made, and nothing that a client is making', async () => {
  const emulator = await startEcsEmulator()
  Object.assign(process.env, { AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
  const aws = openAwsAccount({ region: 'us-east-1' })
  const store = openStateStore(':memory:')
  onTestFinished(async () => {
    aws.close()
    store.close()
    await emulator.close()
  })
  await aws.ecs('write').send(new CreateClusterCommand({ clusterName: 'apps' }))
  const flags = {
    region: 'us-east-1',
    cluster: 'apps',
    subnets: 'subnet-1',
    'security-groups': 'sg-1',
    'execution-role-arn': 'arn:aws:iam::000000000000:role/execution',
  }
  const { values: settings } = loadBackendSettings({ env: {}, cwd: '/', flags })
  const now = (): Date => new Date()
  store.networks.insert({
    id: 'ab'.repeat(32),
    name: 'left',
    createdAt: now().toISOString(),
    labels: {},
    phase: 'creating',
  })
  const networks = createNetworkOperations({
    aws,
    store,
    settings,
    now,
    instance: 'test',
    events: openEventLog(store.database, now),
    logger: pino({ level: 'silent' }),
    closing: new AbortController().signal,
    updateContainer: () => undefined,
  })
  const creating = networks.create({ name: 'mine', labels: {} })
  await Promise.all([networks.recover(true), creating])
  expect(store.networks.list()).toEqual([expect.objectContaining({ name: 'mine', phase: 'ready' })])
})
