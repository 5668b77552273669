import { posix } from 'node:path'
import { DockerError } from '../errors/docker-error.ts'
import { collectOutput } from '../execs/collect-output.ts'
import type { ExecOperations } from '../execs/exec-operations.ts'

/** What `docker cp` wants to know of a path, in the terms of Go. */
export interface PathStat {
  readonly name: string
  readonly size: number
  /** `os.FileMode`. */
  readonly mode: number
  readonly mtime: string
  readonly linkTarget: string
}

/** Bits of the system's mode, and of Go's. */
const TYPES: readonly (readonly [system: number, go: number])[] = [
  [0o040000, 0x8000_0000],
  [0o120000, 0x0800_0000],
  [0o060000, 0x0400_0000],
  [0o010000, 0x0200_0000],
  [0o140000, 0x0100_0000],
  [0o020000, 0x0420_0000],
]

/** Asks the container's own `stat`. Throws 404 in Docker's words. */
export async function readPathStat(
  execs: ExecOperations,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<PathStat> {
  const script = 'stat -c "%s %f %Y" -- "$1" && { [ ! -L "$1" ] || readlink -- "$1"; }'
  const exec = await execs.run(container, ['sh', '-c', script, 'sh', path], { hasInput: false, signal })
  const { stdout, stderr, exitCode } = await collectOutput(exec)
  if (exitCode !== 0) {
    if (exitCode === 127)
      throw new DockerError({ status: 501, message: `docker cp needs stat and tar in the image: ${stderr.trim()}` })
    throw new DockerError({ status: 404, message: `Could not find the file ${path} in container ${container}` })
  }
  const [line = '', linkTarget = ''] = stdout.split('\n')
  const [size = '0', mode = '0', seconds = '0'] = line.split(' ')
  return {
    name: posix.basename(path) || '/',
    size: Number(size),
    mode: toGoMode(Number.parseInt(mode, 16)),
    mtime: new Date(Number(seconds) * 1000).toISOString(),
    linkTarget: linkTarget === '' ? '' : posix.resolve(posix.dirname(path), linkTarget),
  }
}

const toGoMode = (mode: number): number =>
  (mode & 0o777) + (TYPES.find(([system]) => (mode & 0o170000) === system)?.[1] ?? 0)
