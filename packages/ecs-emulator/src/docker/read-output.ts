import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import type Docker from 'dockerode'

/**
 * Everything that a container says from its start on, to be asked for before it starts: an engine that is asked for the logs of a
 * container that ends at once may leave out a last line without a line break (seen with Engine 20.10).
 */
export async function attachOutput(docker: Docker, id: string, closing: AbortSignal): Promise<NodeJS.ReadableStream> {
  return await docker.getContainer(id).attach({ stream: true, stdout: true, stderr: true, abortSignal: closing })
}

/** What a running container has said since then (epoch seconds) and says from now on. */
export async function followLogs(
  docker: Docker,
  id: string,
  since: number,
  closing: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const options = { follow: true as const, stdout: true, stderr: true, since, abortSignal: closing }
  return await docker.getContainer(id).logs(options)
}

const HEADER_BYTES = 8
const STDERR = 2

/** What docker-modem's own does by recursion, which thousands of short frames in one piece overflow. */
function demultiplexTo(stdout: PassThrough, stderr: PassThrough): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : HEADER_BYTES + rest.readUInt32BE(4)
      if (rest.length < end) return
      const output = rest[0] === STDERR ? stderr : stdout
      output.write(rest.subarray(HEADER_BYTES, end))
      rest = rest.subarray(end)
    }
  }
}

/** Hands over each line until the container ends. Resolves then, or when the engine goes away. */
export async function readOutput(
  source: NodeJS.ReadableStream,
  tty: boolean,
  onLine: (line: string) => void,
): Promise<void> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  if (tty) source.on('data', (chunk: Buffer) => stdout.write(chunk))
  else source.on('data', demultiplexTo(stdout, stderr))
  const read = Promise.all([readLines(stdout, onLine), readLines(stderr, onLine)])
  // What broke is seen elsewhere; what came before counts.
  await finished(source).catch(() => undefined)
  stdout.end()
  stderr.end()
  await read
}

/** As the engine's own log drivers cut them (documented). A line that never ends must not fill this process's memory. */
const LONGEST_LINE = 16 * 1024

async function readLines(input: PassThrough, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  const cut = (line: string): void => {
    for (let start = 0; start === 0 || start < line.length; start += LONGEST_LINE) {
      onLine(line.slice(start, start + LONGEST_LINE))
    }
  }
  let rest = ''
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) cut(line)
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE)) onLine(rest.slice(0, LONGEST_LINE))
  }
  rest += decoder.end()
  if (rest !== '') cut(rest)
}
