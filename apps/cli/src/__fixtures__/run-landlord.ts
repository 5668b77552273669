import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string
  /** Called with the process and all that it has written to stderr so far, at each piece of it. */
  readonly onStderr?: (child: ChildProcess, text: string) => void
}

export interface RunResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the command line from source, as a user would, in an environment without any setting of this machine. */
export function spawnLandlord(argv: readonly string[], { env = {}, cwd = '/' }: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, ['--conditions=@landlord/source', MAIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
  })
}

export async function runLandlord(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawnLandlord(argv, options)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
    options.onStderr?.(child, stderr)
  })
  child.stdin?.end(options.stdin ?? '')
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { exitCode, stdout, stderr }
}
