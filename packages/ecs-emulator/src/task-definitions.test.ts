import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { startAccount } from './__fixtures__/start-account.ts'

const PORTS = { name: 'app', image: 'shop:1', portMappings: [{ containerPort: 8080 }] }

it('writes the defaults of ECS into every container', async () => {
  const { ecs, register } = await startAccount()
  await register({ containerDefinitions: [{ ...PORTS, healthCheck: { command: ['CMD', 'check'], timeout: 2 } }] })
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
  expect(taskDefinition).toMatchObject({ revision: 2, compatibilities: ['EC2', 'FARGATE'], volumes: [] })
  expect(taskDefinition?.containerDefinitions).toEqual([
    {
      name: 'app',
      image: 'shop:1',
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      healthCheck: { command: ['CMD', 'check'], interval: 30, timeout: 2, retries: 3 },
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
    },
  ])
})

it('leaves the host port to the host in bridge mode, and what was given as it is', async () => {
  const { ecs } = await startAccount()
  const portMappings = [
    { containerPort: 53, protocol: 'udp' as const },
    { containerPort: 80, hostPort: 8080 },
  ]
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'bridge',
      networkMode: 'bridge',
      containerDefinitions: [{ ...PORTS, portMappings }],
    }),
  )
  expect(taskDefinition?.compatibilities).toEqual(['EXTERNAL', 'EC2'])
  expect(taskDefinition?.containerDefinitions?.[0]?.portMappings).toEqual([
    { containerPort: 53, hostPort: 0, protocol: 'udp' },
    { containerPort: 80, hostPort: 8080, protocol: 'tcp' },
  ])
})

it('reads vCPU and GB, and refuses sizes that Fargate does not offer', async () => {
  const { ecs, register } = await startAccount()
  await register({ cpu: '.5 vCPU', memory: '2GB' })
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
  expect(taskDefinition).toMatchObject({ cpu: '512', memory: '2048' })
  await expect(register({ cpu: '4096', memory: '4096' })).rejects.toMatchObject({
    name: 'ClientException',
    message: 'No Fargate configuration exists for given values: 4096 CPU, 4096 memory.',
  })
  for (const [cpu, memory] of [
    ['256', '1536'],
    ['1024', '9216'],
    ['1024', '2560'],
    ['8192', '18432'],
    ['32768', '131072'],
  ] as const) {
    await expect(register({ cpu, memory }), `${cpu}/${memory}`).rejects.toThrow('No Fargate configuration exists')
  }
  await expect(register({ cpu: 'much' })).rejects.toThrow("Invalid 'cpu' setting for task")
  await register({ cpu: '16 vCPU', memory: '120 GB' })
})

it('takes away only what is named by its revision', async () => {
  const { ecs } = await startAccount()
  await expect(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web' }))).rejects.toMatchObject({
    name: 'ClientException',
  })
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
  expect(taskDefinition?.status).toBe('ACTIVE')
  const remove = (taskDefinitions: string[]) => ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }))
  await expect(remove(['web'])).rejects.toMatchObject({ name: 'ClientException' })
  await expect(remove(Array.from({ length: 11 }, (_, index) => `web:${index}`))).rejects.toThrow('Between 1 and 10')
})

it('must be fit for Fargate to be launched there', async () => {
  const { register, create } = await startAccount()
  await register({ family: 'bridge', networkMode: 'bridge', requiresCompatibilities: ['EC2'] })
  await expect(create({ taskDefinition: 'bridge', launchType: 'FARGATE' })).rejects.toThrow(
    'Task definition does not support launch_type FARGATE.',
  )
})

it('refuses containers whose names or volumes cannot be', async () => {
  const { register } = await startAccount()
  const mountPoints = [{ sourceVolume: 'postgres_data', containerPath: '/data' }]
  await expect(register({ containerDefinitions: [{ ...PORTS, mountPoints }] })).rejects.toMatchObject({
    name: 'ClientException',
    message: "Unknown volume 'postgres_data'.",
  })
  await register({ containerDefinitions: [{ ...PORTS, mountPoints }], volumes: [{ name: 'postgres_data' }] })
  await expect(register({ containerDefinitions: [PORTS, PORTS] })).rejects.toThrow('several containers named app')
  await expect(register({ containerDefinitions: [{ ...PORTS, name: 'a b' }] })).rejects.toThrow('letters, numbers')
})

it('counts the revisions of a family by any name', async () => {
  const { register } = await startAccount()
  const families = ['constructor', 'toString', '__proto__']
  const arns = []
  for (const family of [...families, ...families]) arns.push(await register({ family }))
  expect(arns.map((arn) => arn.slice(arn.indexOf('/') + 1))).toEqual([
    ...families.map((family) => `${family}:1`),
    ...families.map((family) => `${family}:2`),
  ])
})
