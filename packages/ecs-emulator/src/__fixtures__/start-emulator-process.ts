import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface EmulatorProcess {
  readonly url: string
  /** Ends it without a chance to tidy up. */
  readonly kill: () => Promise<void>
}

/** The program itself in a process of its own, on a free port. */
export async function startEmulatorProcess(flags: readonly string[], socketPath: string): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, ['--conditions=@landlord/source', MAIN, '--port', '0', ...flags], {
    env: { ...process.env, DOCKER_HOST: `unix://${socketPath}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  onTestFinished(kill)
  return { url: await urlOf(child), kill }
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The process has no output to read.')
  for await (const line of createInterface({ input: stdout })) {
    const url = /emulated at (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('The emulator ended without saying where it listens.')
}
