import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface AppProcess {
  readonly pid: number
  /** SIGKILL: no chance to tidy up. Resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM. Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Starts a built app with settings from the environment alone; its log goes to a file. */
export function startApp(
  app: 'server' | 'worker',
  settings: Readonly<Record<string, string>>,
  logFile: string,
): AppProcess {
  const child = spawn(process.execPath, [join(root, 'apps', app, 'dist/main.js')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
    cwd: join(logFile, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => appendFileSync(logFile, chunk))
  return toAppProcess(child)
}

export function toAppProcess(child: ChildProcess): AppProcess {
  const exited = once(child, 'exit') as Promise<[number | null]>
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const [code] = await exited
    return code
  }
  return {
    pid: child.pid ?? 0,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}
