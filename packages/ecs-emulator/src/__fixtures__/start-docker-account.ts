import {
  type ContainerDefinition,
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs'
import { ensureTestImage, findEngine, httpServerConfig, type TestEngine } from '@landlord/test-engine'
import { onTestFinished } from 'vitest'
import { type EcsEmulatorSettings, type RunningEcsEmulator, startEcsEmulator } from '../index.ts'
import { CREDENTIALS, present } from './start-account.ts'

/** Undefined where none answers: then the tests are skipped. */
export const engine: TestEngine | undefined = await findEngine()
const IMAGE = engine === undefined ? '' : await ensureTestImage(engine.docker)
/** So much of a task's life passes on the emulated clock alone. */
const SPEED = 60

export interface DockerAccount {
  readonly emulator: RunningEcsEmulator
  readonly docker: TestEngine['docker']
  readonly ecs: ECSClient
  /** Registers the family `web` with one container `app`, or those given, and answers `web:<revision>`. */
  readonly register: (
    containers?: readonly Partial<ContainerDefinition>[],
    more?: Partial<RegisterTaskDefinitionCommandInput>,
  ) => Promise<string>
  readonly create: (more?: Partial<CreateServiceCommandInput>) => Promise<Service>
  readonly service: () => Promise<Service>
  readonly tasks: (desiredStatus?: 'RUNNING' | 'STOPPED') => Promise<Task[]>
  readonly run: (more?: Partial<RunTaskCommandInput>) => Promise<string>
  readonly task: (arn: string) => Promise<Task>
}

/** A fast emulator with real containers and the cluster `fleet`; without a state file its containers go with the test. */
export async function startDockerAccount(settings: EcsEmulatorSettings = {}): Promise<DockerAccount> {
  const { docker } = present(engine)
  const emulator = await startEcsEmulator({ runtime: 'docker', docker, speed: SPEED, ...settings })
  onTestFinished(() => emulator.close())
  return { ...(await accountAt(emulator.url)), emulator }
}

/** The same behind any address. */
export async function accountAt(endpoint: string): Promise<Omit<DockerAccount, 'emulator'>> {
  const { docker } = present(engine)
  const ecs = new ECSClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS })
  const cluster = 'fleet'
  onTestFinished(() => ecs.destroy())
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  return {
    docker,
    ecs,
    register: async (containers = [{}], more = {}) => {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: containers.map((container) => ({ ...APP, ...container })),
          ...more,
        }),
      )
      return `web:${taskDefinition?.revision}`
    },
    create: async (more = {}) => {
      const input = { cluster, serviceName: 'shop', taskDefinition: 'web', desiredCount: 1, ...PLACE, ...more }
      return present((await ecs.send(new CreateServiceCommand(input))).service)
    },
    service: async () => {
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ['shop'] }))
      return present(services?.[0])
    },
    tasks: async (desiredStatus = 'RUNNING') => {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: 'shop', desiredStatus }))
      if (taskArns.length === 0) return []
      return present((await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks)
    },
    run: async (more = {}) => {
      const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'web', ...PLACE, ...more }))
      return present(tasks?.[0]?.taskArn)
    },
    task: async (arn) => present((await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).tasks?.[0]),
  }
}

/** Ids by container name of what the engine has of these tasks, running or not. */
export async function containersOf(tasks: readonly Task[]): Promise<Map<string, string>> {
  const arns = new Set(tasks.map(({ taskArn }) => taskArn))
  const found = await present(engine).docker.listContainers({ all: true, filters: { label: ['ecs-emulator.scope'] } })
  const own = found.filter(({ Labels }) => arns.has(Labels['com.amazonaws.ecs.task-arn']))
  return new Map(own.map(({ Id, Labels }) => [Labels['com.amazonaws.ecs.container-name'] ?? '', Id]))
}

const { command: entryPoint, args: command } = httpServerConfig()

/** Answers its `GREETING` on port 8080. */
const APP = {
  name: 'app',
  image: IMAGE,
  entryPoint,
  command,
  environment: [{ name: 'GREETING', value: 'hello' }],
  portMappings: [{ containerPort: 8080 }],
  stopTimeout: 2,
}

const PLACE = {
  launchType: 'FARGATE' as const,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
}

/** What users of ECS connect to. */
export function addressOf(task: Task): string {
  const details = task.attachments?.[0]?.details ?? []
  return present(details.find(({ name }) => name === 'privateIPv4Address')?.value)
}

/** What answers at the task's address, or nothing. */
export async function greetingOf(task: Task): Promise<string | undefined> {
  try {
    return (await (await fetch(`http://${addressOf(task)}:8080/`)).text()).trim()
  } catch {
    return undefined
  }
}
