import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs'
import { onTestFinished } from 'vitest'
import { createManualClock, type RunningEcsEmulator, startEcsEmulator } from '../index.ts'

export const CREDENTIALS = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

export interface TestAccount {
  readonly emulator: RunningEcsEmulator
  readonly ecs: ECSClient
  readonly pass: (seconds: number) => void
  readonly register: (more?: Partial<RegisterTaskDefinitionCommandInput>) => Promise<string>
  readonly create: (more?: Partial<CreateServiceCommandInput>) => Promise<Service>
  readonly service: () => Promise<Service>
  readonly tasks: (desiredStatus?: 'RUNNING' | 'STOPPED') => Promise<Task[]>
  readonly events: () => Promise<string[]>
}

/** An emulator on a manual clock with cluster `fleet` and task definition `web:1` on Fargate; the service is `shop`. */
export async function startAccount(): Promise<TestAccount> {
  const clock = createManualClock()
  const emulator = await startEcsEmulator({ clock })
  const ecs = new ECSClient({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    ecs.destroy()
    await emulator.close()
  })
  const service = async (): Promise<Service> => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'fleet', services: ['shop'] }))
    return present(services?.[0])
  }
  const register: TestAccount['register'] = async (more = {}) => {
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...more }))
    return present(taskDefinition?.taskDefinitionArn)
  }
  const account: TestAccount = {
    emulator,
    ecs,
    pass: (seconds) => clock.advance(seconds * 1000),
    register,
    service,
    create: async (more = {}) => {
      const { service: created } = await ecs.send(new CreateServiceCommand({ ...SERVICE, ...more }))
      return present(created)
    },
    tasks: async (desiredStatus = 'RUNNING') => {
      const { taskArns } = await ecs.send(
        new ListTasksCommand({ cluster: 'fleet', serviceName: 'shop', desiredStatus }),
      )
      if (taskArns === undefined || taskArns.length === 0) return []
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: taskArns }))
      return present(tasks)
    },
    events: async () => ((await service()).events ?? []).map(({ message }) => message ?? ''),
  }
  await ecs.send(new CreateClusterCommand({ clusterName: 'fleet' }))
  await register()
  return account
}

const DEFINITION = {
  family: 'web',
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'shop:1' }],
}

export const SERVICE = {
  cluster: 'fleet',
  serviceName: 'shop',
  taskDefinition: 'web:1',
  desiredCount: 2,
  launchType: 'FARGATE' as const,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' as const } },
}

export function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The answer lacks what it must have.')
  return value
}
