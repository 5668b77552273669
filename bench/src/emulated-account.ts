import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'

export interface EmulatedAccount {
  readonly url: string
  /** How many emulated seconds pass in one. */
  readonly speed: number
  readonly clusterArns: readonly string[]
  readonly taskDefinitionArn: string
  /** Emulated time, milliseconds since 1970. */
  now(): number
  /** Counters to zero, AWS's request rates on with full buckets. */
  startCounting(): Promise<void>
  counters(): Promise<{ readonly calls: Record<string, number>; readonly throttled: Record<string, number> }>
  /** How tasks that start from now on behave. */
  script(behaviour: object): Promise<void>
  close(): void
}

const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' }

export interface EmulatedAccountOptions {
  /** How many times as fast time passes in it. */
  readonly speed: number
  /** Default 1. */
  readonly clusters?: number
}

/** An empty account with its clusters and a task definition. */
export async function openEmulatedAccount({ speed, clusters = 1 }: EmulatedAccountOptions): Promise<EmulatedAccount> {
  const child = fork(join(import.meta.dirname, 'ecs-emulator-host.ts'), [String(speed)], {
    execArgv: ['--conditions=@landlord/source'],
  })
  const [{ url, region, now }] = (await once(child, 'message')) as [{ url: string; region: string; now: number }]
  const receivedAt = performance.now()
  const ecs = new ECSClient({ endpoint: url, region, credentials: CREDENTIALS })
  const clusterArns: string[] = []
  for (let number = 1; number <= clusters; number += 1) {
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: `fleet-${number}` }))
    clusterArns.push(cluster?.clusterArn ?? '')
  }
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'web:1', portMappings: [{ containerPort: 8080 }] }],
    }),
  )
  ecs.destroy()
  const control = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`the emulator answered ${path} with ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    url,
    speed,
    clusterArns,
    taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '',
    now: () => now + (performance.now() - receivedAt) * speed,
    async startCounting() {
      await control('throttling', { enabled: true })
      await control('reset-counters', {})
    },
    counters: () => control('counters', {}) as ReturnType<EmulatedAccount['counters']>,
    async script(behaviour) {
      await control('clear', {})
      await control('tasks', { behaviour })
    },
    close: () => child.disconnect(),
  }
}
