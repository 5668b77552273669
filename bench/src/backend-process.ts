import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Docker from 'dockerode'
import pidusage from 'pidusage'

export interface BackendProcess {
  readonly docker: Docker
  /** Runs the docker command line against it; resolves with what it prints, rejects where it fails. */
  cli(...args: string[]): Promise<string>
  residentMiB(): Promise<number>
  stop(): Promise<void>
}

export interface BackendProcessOptions {
  /** For its socket and its state. */
  readonly folder: string
  readonly awsUrl: string
  readonly cluster: string
}

const MIB = 1024 * 1024

/** `landlord-backend-ecs` as a user starts it, with the times of AWS. */
export async function startBackendProcess({ folder, awsUrl, cluster }: BackendProcessOptions): Promise<BackendProcess> {
  const socketPath = join(folder, 'backend.sock')
  const main = join(import.meta.dirname, '../../apps/backend-ecs/dist/main.js')
  const settings = {
    addr: `unix://${socketPath}`,
    'data-dir': join(folder, 'data'),
    'log-level': 'warn',
    region: 'us-east-1',
    cluster,
    subnets: 'subnet-1',
    'security-groups': 'sg-1',
    'execution-role-arn': 'arn:aws:iam::000000000000:role/execution',
  }
  const flags = Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value])
  const child = spawn(process.execPath, [main, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, AWS_ENDPOINT_URL: awsUrl, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
  })
  const docker = new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' })
  while (!(await docker.ping().catch(() => false))) {
    if (child.exitCode !== null) throw new Error('the backend ended; what it said is above')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    docker,
    async cli(...args) {
      const env = { PATH: process.env.PATH, DOCKER_HOST: `unix://${socketPath}`, DOCKER_CONFIG: folder }
      const run = spawn('docker', args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>((resolve, reject) => run.once('close', resolve).once('error', reject))
      const [output, code] = await Promise.all([text(run.stdout), ended])
      if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}`)
      return output
    },
    residentMiB: async () => (await pidusage(child.pid as number)).memory / MIB,
    async stop() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
    },
  }
}
