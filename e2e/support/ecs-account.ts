import { randomUUID } from 'node:crypto'
import {
  CreateClusterCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
} from '@aws-sdk/client-ecs'
import { type EcsEmulatorSettings, type RunningEcsEmulator, startEcsEmulator } from '@landlord/ecs-emulator'

export const EMULATOR_CREDENTIALS = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

/** The same for a process. */
export const EMULATOR_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
}

export interface EcsAccount {
  readonly emulator: RunningEcsEmulator
  readonly ecs: ECSClient
  readonly clusterArn: string
  readonly clusterName: string
  /** The ARN of the new revision. */
  registerTaskDefinition(input: Partial<RegisterTaskDefinitionCommandInput>): Promise<string>
  /** Every ACTIVE service, with tags. */
  activeServices(): Promise<Service[]>
  close(): Promise<void>
}

/** An emulated account with one cluster, whose name nothing else on the machine has. */
export async function openEcsAccount(settings: EcsEmulatorSettings): Promise<EcsAccount> {
  const emulator = await startEcsEmulator(settings)
  const clusterName = `e2e-${randomUUID()}`
  const { url: endpoint, region } = emulator
  const ecs = new ECSClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS })
  const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName }))
  const clusterArn = cluster?.clusterArn ?? ''
  return {
    emulator,
    ecs,
    clusterArn,
    clusterName,
    async registerTaskDefinition(input) {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [{ name: 'web', image: 'web:1' }],
          ...input,
        }),
      )
      return taskDefinition?.taskDefinitionArn ?? ''
    },
    async activeServices() {
      const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster: clusterArn, maxResults: 100 }))
      const services: Service[] = []
      for (let start = 0; start < serviceArns.length; start += 10) {
        const page = serviceArns.slice(start, start + 10)
        const answer = await ecs.send(
          new DescribeServicesCommand({ cluster: clusterArn, services: page, include: ['TAGS'] }),
        )
        services.push(...(answer.services ?? []))
      }
      return services
    },
    async close() {
      ecs.destroy()
      await emulator.close()
    },
  }
}
