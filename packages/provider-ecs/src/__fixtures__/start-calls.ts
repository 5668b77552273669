import {
  CreateClusterCommand,
  type CreateServiceCommandInput,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { silentLogger } from '@landlord/compute-core'
import { createManualClock, type ManualClock, type RunningEcsEmulator, startEcsEmulator } from '@landlord/ecs-emulator'
import { onTestFinished } from 'vitest'
import type { AwsClientFactory } from '../aws-client-factory.ts'
import { createEcsApi, type EcsApiOptions, type EcsApiSettings } from '../create-ecs-api.ts'
import { type ClientLimits, createDefaultAwsClients } from '../default-aws-clients.ts'
import type { CallPriority, EcsApi, EcsCall } from '../ecs-api.ts'
import type { ServiceTarget } from '../service-target.ts'

export const CREDENTIALS = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
const CLUSTER = 'arn:aws:ecs:us-east-1:000000000000:cluster/fleet'

export interface TestCalls {
  readonly emulator: RunningEcsEmulator
  readonly clock: ManualClock
  readonly api: EcsApi
  /** Another process, with settings of its own. */
  readonly otherApi: (options: TestApiOptions) => EcsApi
}

export interface TestApiOptions extends Partial<Pick<EcsApiOptions, 'patienceMs' | 'batchWindowMs' | 'now'>> {
  readonly settings?: Partial<EcsApiSettings>
  readonly limits?: Partial<ClientLimits>
}

/** An emulator with cluster `fleet` and task definition `web:1`, and the calls to it. */
export async function startCalls(options: TestApiOptions & { speed?: number } = {}): Promise<TestCalls> {
  const clock = createManualClock()
  const emulator = await startEcsEmulator(options.speed === undefined ? { clock } : { speed: options.speed })
  const ecs = new ECSClient({ endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS })
  await ecs.send(new CreateClusterCommand({ clusterName: 'fleet' }))
  await ecs.send(new RegisterTaskDefinitionCommand(WEB))
  ecs.destroy()
  onTestFinished(() => emulator.close())
  const otherApi = (more: TestApiOptions): EcsApi => createTestApi(emulator.url, more)
  return { emulator, clock, otherApi, api: otherApi(options) }
}

export function createTestApi(url: string, { settings, limits = {}, ...options }: TestApiOptions): EcsApi {
  const clients = createDefaultAwsClients({ credentials: CREDENTIALS, limits: { read: limits, write: limits } })
  // Stands in for a factory that assumes roles: the emulator takes any credentials.
  const get: AwsClientFactory['get'] = (Client, access, { role: _assumed, ...target }) =>
    clients.get(Client, access, target)
  const api = createEcsApi({
    ...{ clients: { get, forget: clients.forget }, batchWindowMs: 20, ...options },
    settings: { endpoint_url: url, request_rate_share: 1, status_cache_seconds: 2, ...settings },
  })
  onTestFinished(() => {
    api.close()
    clients.close()
  })
  return api
}

export const callOf = (priority: CallPriority = 'change', signal = new AbortController().signal): EcsCall => ({
  ...{ priority, signal },
  logger: silentLogger,
})

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

export const serviceTarget = (serviceName: string, more: Partial<ServiceTarget> = {}): ServiceTarget => ({
  partition: 'aws',
  accountId: '000000000000',
  region: 'us-east-1',
  clusterArn: CLUSTER,
  clusterName: 'fleet',
  serviceName,
  ...more,
})

export const serviceInput = (
  serviceName: string,
  more: Partial<CreateServiceCommandInput> = {},
): CreateServiceCommandInput => ({
  cluster: CLUSTER,
  serviceName,
  clientToken: `token-${serviceName}`,
  taskDefinition: 'web:1',
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
  tags: [{ key: 'landlord.tenant_id', value: serviceName }],
  ...more,
})

const WEB = {
  family: 'web',
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'shop:1' }],
}
