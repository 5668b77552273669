import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import type Docker from 'dockerode'

export interface OutputOptions {
  readonly tty: boolean
  /** Epoch seconds from which on lines are wanted; default: all. */
  readonly since?: number
  readonly closing: AbortSignal
}

/** Hands over each line of a container's output until the container ends. Resolves then, or when the engine goes away. */
export async function followOutput(
  docker: Docker,
  id: string,
  { tty, since = 0, closing }: OutputOptions,
  onLine: (line: string) => void,
): Promise<void> {
  try {
    const source = await docker
      .getContainer(id)
      .logs({ follow: true, stdout: true, stderr: true, since, abortSignal: closing })
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    if (tty) source.on('data', (chunk: Buffer) => stdout.write(chunk))
    else docker.modem.demuxStream(source, stdout, stderr)
    const read = Promise.all([readLines(stdout, onLine), readLines(stderr, onLine)])
    await finished(source).catch(() => undefined)
    stdout.end()
    stderr.end()
    await read
  } catch {
    // The output of a container that the engine no longer has cannot be read; its end is seen elsewhere.
  }
}

async function readLines(input: PassThrough, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', onLine)
  await once(lines, 'close')
}
