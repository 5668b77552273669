import { spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'

/** False where the command line is not installed: then its tests are skipped by name. */
export const hasDockerCli: boolean = spawnSync('docker', ['--version']).status === 0

export interface RunCliOptions {
  /** Written to its input, which then ends. */
  readonly stdin?: string | Buffer
  readonly signal?: AbortSignal
}

export interface CliResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

/** Runs `docker …` against a socket, with no configuration of whoever runs the tests. */
export async function runDockerCli(
  socketPath: string,
  args: readonly string[],
  { stdin, signal }: RunCliOptions = {},
): Promise<CliResult> {
  const child = spawn('docker', [...args], {
    env: { PATH: process.env.PATH, DOCKER_HOST: `unix://${socketPath}`, DOCKER_CONFIG: tmpdir() },
    stdio: 'pipe',
    ...(signal === undefined ? {} : { signal }),
  })
  // A program that ends without reading all of its input is none of the test's errors.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve).once('error', () => resolve(null)))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { stdout, stderr, exitCode }
}
