import { spawn, spawnSync } from 'node:child_process'
import { onTestFinished } from 'vitest'

export interface ProgramRun {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramSettings {
  readonly cwd: string
  /** All that the program sees of an environment, apart from PATH. */
  readonly env: Readonly<Record<string, string>>
  /** What is typed into it; its input stays open. Default: it has none. */
  readonly input?: string
}

/** Runs a program to its end, whatever that is; one that outlives the test is killed with it. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  { cwd, env, input }: ProgramSettings,
): Promise<ProgramRun> {
  const child = spawn(program, parameters, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A program may end without having read it.
  child.stdin.on('error', () => undefined)
  if (input === undefined) child.stdin.end()
  else child.stdin.write(input)
  onTestFinished(() => void child.kill())
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, ...output }))
  })
}

/** The output of a program that must succeed. @throws with what it printed when it does not. */
export async function expectSuccess(run: Promise<ProgramRun>): Promise<string> {
  const { exitCode, stdout, stderr } = await run
  if (exitCode !== 0) throw new Error(`The program ended with ${exitCode}.\n${stdout}\n${stderr}`)
  return stdout
}

/** Whether a program can be started at all. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}
