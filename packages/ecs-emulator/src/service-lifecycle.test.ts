import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { createManualClock, startEcsEmulator } from './index.ts'

it('moves a deployment', async () => {
  const clock = createManualClock()
  const emulator = await startEcsEmulator({ clock })
  const ecs = new ECSClient({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({ family: 'f', containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] }),
  )
  const created = await ecs.send(
    new CreateServiceCommand({ cluster: 'c', serviceName: 's', taskDefinition: 'f', desiredCount: 2 }),
  )
  expect(created.service?.events).toEqual([])
  clock.advance(40_000)
  const read = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['s', 'x'] }))
  expect(read.services?.[0]).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] })
  expect(read.failures).toMatchObject([{ reason: 'MISSING' }])
  await emulator.close()
})
