import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** `setpriv` asks the kernel to kill the child with its parent; `watch` has a shell wait for the parent's end of a pipe to close. */
export type Tie = 'setpriv' | 'watch'

export interface TiedCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  /** Default: `setpriv` where it is installed (util-linux). */
  readonly tie?: Tie
}

// The shell becomes the command, so its pid is the command's. A line on the pipe means that the command has ended by itself;
// without one the parent is gone.
const WATCH_SCRIPT = '(read -r line <&3 || kill -KILL $$) >/dev/null 2>&1 & exec "$@" 3<&-'

/**
 * Starts a process that never outlives this one, not even its `kill -9`. It leads a session of its own: a Ctrl-C in the
 * terminal reaches this process alone, which then stops the other in order.
 */
export function spawnTied({ command, args, env, tie }: TiedCommand): ChildProcess {
  const options = { env, detached: true } as const
  const setpriv = tie === 'watch' ? undefined : findExecutable('setpriv')
  if (setpriv !== undefined) {
    return spawn(setpriv, ['--pdeathsig', 'KILL', command, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const child = spawn('/bin/sh', ['-c', WATCH_SCRIPT, 'sh', command, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const pipe = child.stdio[3]
  if (pipe && 'end' in pipe) {
    pipe.on('error', () => {})
    child.once('exit', () => pipe.end('ended\n'))
  }
  return child
}

function findExecutable(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
