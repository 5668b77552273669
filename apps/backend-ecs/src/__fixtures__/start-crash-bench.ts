import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import { type RunningEcsEmulator, startEcsEmulator } from '@landlord/ecs-emulator'
import { startTestRegistry } from '@landlord/test-engine'
import Docker from 'dockerode'
import { onTestFinished } from 'vitest'
import { makeFileSystem } from './start-with-file-system.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The moment of death: when the backend calls an operation, or when AWS has done it and nobody has heard of it yet. */
interface Death {
  readonly operation: string
  readonly when: 'before' | 'after'
}

export interface CrashBench {
  readonly emulator: RunningEcsEmulator
  readonly ecs: ECSClient
  readonly image: string
  readonly dockerode: Docker
  /** Starts the program itself on the state that the last one left; it dies by SIGKILL at the moment given. */
  start(death?: Death): Promise<{ readonly dead: Promise<void> }>
  /** Takes the state away. */
  forget(): Promise<void>
}

/** The backend as a process of its own, with an emulated account of simulated tasks. Ends with the test. */
export async function startCrashBench({ hasVolumes = false } = {}): Promise<CrashBench> {
  const registry = await startTestRegistry()
  onTestFinished(() => registry.close())
  const emulator = await startEcsEmulator({ speed: 60 })
  onTestFinished(() => emulator.close())
  const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
  const ecs = new ECSClient({ endpoint: emulator.url, region: emulator.region, credentials })
  onTestFinished(() => ecs.destroy())
  await ecs.send(new CreateClusterCommand({ clusterName: 'sockerless' }))
  const volumes = hasVolumes ? ['--efs-filesystem-id', (await makeFileSystem(emulator)).efs_filesystem_id] : []
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const socketPath = join(folder, 'backend.sock')
  const dataDir = join(folder, 'data')
  let child: ChildProcess | undefined
  let due: Death | undefined
  onTestFinished(() => kill(child))

  const proxy = createServer((incoming, outgoing) => {
    forward(emulator.url, incoming, outgoing, async (operation, when) => {
      if (due?.operation !== operation || due.when !== when) return false
      await kill(child)
      return true
    }).catch(() => outgoing.destroy())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`

  return {
    emulator,
    ecs,
    image: await registry.publish('tests/busybox'),
    dockerode: new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' }),
    async start(death) {
      await kill(child)
      due = death
      child = spawn(
        process.execPath,
        ['--conditions=@landlord/source', MAIN, ...flagsOf(socketPath, dataDir), ...volumes],
        {
          env: {
            PATH: process.env.PATH,
            AWS_ENDPOINT_URL: endpoint,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const dead = once(child, 'exit').then(() => undefined)
      await Promise.race([untilListening(child), dead])
      return { dead }
    },
    forget: () => rm(dataDir, { recursive: true }),
  }
}

const flagsOf = (socketPath: string, dataDir: string): string[] => [
  ...['--addr', `unix://${socketPath}`, '--data-dir', dataDir, '--instance', 'bench'],
  ...['--region', 'us-east-1', '--cluster', 'sockerless', '--subnets', 'subnet-abc123'],
  ...['--security-groups', 'sg-abc123', '--execution-role-arn', 'arn:aws:iam::000000000000:role/execution'],
]

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function untilListening({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('The process has no output to read.')
  await new Promise<void>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('backend-ecs listens')) resolve()
    })
  })
}

async function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  kills: (operation: string, when: Death['when']) => Promise<boolean>,
): Promise<void> {
  const operation = String(incoming.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1)
  const body = await buffer(incoming)
  if (operation !== undefined && (await kills(operation, 'before'))) return void outgoing.destroy()
  const sent = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: incoming.headers })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const content = await buffer(answer)
  if (operation !== undefined && (await kills(operation, 'after'))) return void outgoing.destroy()
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(content)
}
