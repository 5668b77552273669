import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateClusterCommand, CreateServiceCommand } from '@aws-sdk/client-ecs'
import { type ComputeProvider, readOwnership } from '@landlord/compute-core'
import { createManualClock, type Fault, type ManualClock } from '@landlord/ecs-emulator'
import type { AwsClientFactory } from '../aws-client-factory.ts'
import { CREDENTIALS, type Fleet, startFleet } from './start-fleet.ts'

/** A service as it really is, whatever a read shows. */
export interface TrueService {
  readonly arn: string
  readonly name: string
  readonly clusterArn: string
  readonly status: string
  readonly createdAt: number
  readonly desiredCount: number
  readonly tags: Readonly<Record<string, string>>
  readonly tenantId: string | undefined
  /** The request that made it, with everything that was changed since. */
  readonly settings: unknown
  readonly deployments: readonly { id: string; status: string; rolloutState: string; launch: TrueLaunch }[]
}

interface TrueLaunch {
  readonly taskDefinition: string
  readonly networkConfiguration?: { awsvpcConfiguration?: { securityGroups?: readonly string[] } }
}

export interface ChaosAccount {
  readonly fleet: Fleet
  readonly clock: ManualClock
  readonly clusters: readonly [string, string]
  /** Runs anywhere, or fails to start. */
  readonly definitions: { readonly good: readonly [string, string]; readonly bad: string }
  /** A process of its own, without retries inside the SDK: every fault is the provider's to bear. */
  newProvider(): ComputeProvider
  /** As of the last write; `upToDate` makes one that changes nothing. */
  services(): readonly TrueService[]
  upToDate(): Promise<readonly TrueService[]>
  /** Ends all faults but the scripted failures of tasks. */
  calm(): void
  inject(fault: Fault): void
  close(): Promise<void>
}

export const FOREIGN_NAME = 'somebody-elses'

/** Two clusters with a service of somebody else in the first. What is there is read from the emulator's own records. */
export async function openChaosAccount(): Promise<ChaosAccount> {
  const clock = createManualClock()
  const folder = mkdtempSync(join(tmpdir(), 'landlord-chaos-'))
  const stateFile = join(folder, 'state.json')
  const fleet = await startFleet({ clock, stateFile })
  const { control, region } = fleet.emulator
  const { cluster } = await fleet.ecs.send(new CreateClusterCommand({ clusterName: 'other' }))
  const anywhere = { requiresCompatibilities: ['EC2' as const, 'FARGATE' as const] }
  const good = [
    await fleet.register(anywhere),
    await fleet.register({ ...anywhere, cpu: '512', memory: '1024' }),
  ] as const
  const bad = await fleet.register({ ...anywhere, family: 'bad' })
  await fleet.ecs.send(
    new CreateServiceCommand({
      cluster: fleet.clusterArn,
      serviceName: FOREIGN_NAME,
      taskDefinition: good[0],
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
    }),
  )
  const calm = () => {
    control.clearScripts()
    control.scriptTasks({ family: 'bad', behaviour: { kind: 'exit', afterSeconds: 1, exitCode: 1 } })
  }
  calm()
  const clients = directClients(region)
  return {
    ...{ fleet, clock, calm },
    clusters: [fleet.clusterArn, cluster?.clusterArn ?? ''],
    definitions: { good, bad },
    newProvider: () => fleet.provider({ clients }),
    inject: (fault) => control.injectFault(fault),
    services: () => readServices(stateFile),
    async upToDate() {
      await fleet.ecs.send(new CreateClusterCommand({ clusterName: 'other' }))
      return readServices(stateFile)
    },
    async close() {
      await fleet.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function readServices(stateFile: string): TrueService[] {
  const { world } = JSON.parse(readFileSync(stateFile, 'utf8')) as {
    world: {
      services: Record<string, Omit<TrueService, 'tags' | 'tenantId'>>
      tags: Record<string, { key: string; value: string }[]>
    }
  }
  return Object.values(world.services).map((service) => {
    const tags = Object.fromEntries((world.tags[service.arn] ?? []).map(({ key, value }) => [key, value]))
    return { ...service, tags, tenantId: readOwnership(tags)?.tenantId }
  })
}

function directClients(region: string): AwsClientFactory {
  const kept = new Map<unknown, object>()
  return {
    get(Client, _access, { endpoint }) {
      const known = kept.get(Client)
      if (known instanceof Client) return known
      const configuration = { region, endpoint: endpoint?.url ?? '', credentials: CREDENTIALS, maxAttempts: 1 }
      const client = new Client(configuration)
      kept.set(Client, client)
      return client
    },
  }
}
