import {
  CreateClusterCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
} from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { startAccount } from './__fixtures__/start-account.ts'

const CONFIGURATION = { executeCommandConfiguration: { logging: 'NONE' as const } }
const SPOT = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]

test('a cluster shows settings, configuration and tags when asked for them only', async () => {
  const { ecs } = await startAccount()
  const tags = [{ key: 'team', value: 'shop' }]
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: 'second', configuration: CONFIGURATION, tags }),
  )
  const settings = [{ name: 'containerInsights', value: 'disabled' }]
  expect(cluster).toMatchObject({ configuration: CONFIGURATION, settings, tags })
  const describe = async (include: ('CONFIGURATIONS' | 'SETTINGS' | 'TAGS')[]) =>
    (await ecs.send(new DescribeClustersCommand({ clusters: ['second'], include }))).clusters?.[0]
  expect(await describe(['TAGS'])).toMatchObject({ tags, settings: [] })
  expect((await describe(['TAGS']))?.configuration).toBeUndefined()
  expect(await describe(['SETTINGS', 'CONFIGURATIONS'])).toMatchObject({
    tags: [],
    settings,
    configuration: CONFIGURATION,
  })
})

test('updates of a cluster keep what they leave out', async () => {
  const { ecs } = await startAccount()
  await ecs.send(
    new UpdateClusterCommand({
      cluster: 'fleet',
      configuration: CONFIGURATION,
      serviceConnectDefaults: { namespace: 'n' },
    }),
  )
  const settings = [{ name: 'containerInsights' as const, value: 'enhanced' }]
  await ecs.send(new UpdateClusterSettingsCommand({ cluster: 'fleet', settings }))
  const { cluster } = await ecs.send(
    new UpdateClusterCommand({ cluster: 'fleet', serviceConnectDefaults: { namespace: '' } }),
  )
  expect(cluster).toMatchObject({ settings, configuration: CONFIGURATION })
  expect(cluster?.serviceConnectDefaults).toBeUndefined()
})

test('capacity providers are put whole, and only those that are there', async () => {
  const { ecs } = await startAccount()
  const put = (capacityProviders: string[], defaultCapacityProviderStrategy = SPOT) =>
    ecs.send(
      new PutClusterCapacityProvidersCommand({ cluster: 'fleet', capacityProviders, defaultCapacityProviderStrategy }),
    )
  expect((await put(['FARGATE_SPOT'])).cluster).toMatchObject({
    capacityProviders: ['FARGATE_SPOT'],
    defaultCapacityProviderStrategy: SPOT,
  })
  await expect(put(['FARGATE'])).rejects.toMatchObject({ name: 'InvalidParameterException' })
  await expect(put(['own'], [])).rejects.toMatchObject({ name: 'InvalidParameterException' })
  expect((await put([], [])).cluster).toMatchObject({ capacityProviders: [], defaultCapacityProviderStrategy: [] })
  const described = await ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders: ['FARGATE', 'own'] }))
  expect(described.capacityProviders).toMatchObject([{ name: 'FARGATE', status: 'ACTIVE' }])
  expect(described.failures).toMatchObject([{ reason: 'MISSING' }])
})
