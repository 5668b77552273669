export interface DemultiplexedLine {
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

const HEADER_BYTES = 8
const STDERR = 2

interface Frame {
  readonly stream: 'stdout' | 'stderr'
  readonly payload: Buffer
}

/**
 * Lines from the engine's log stream with timestamps, where each frame is one message behind a header of 8 bytes: the stream's
 * number, three zeros and the length. A line above 16 KiB comes in several messages without a line break.
 */
export async function* demultiplexLogs(source: AsyncIterable<Buffer>): AsyncGenerator<DemultiplexedLine> {
  const open: Record<Frame['stream'], { timestamp: string; text: string } | undefined> = {
    stdout: undefined,
    stderr: undefined,
  }
  for await (const { stream, payload } of frames(source)) {
    const message = payload.toString('utf8')
    const space = message.indexOf(' ')
    const body = message.slice(space + 1)
    const line = open[stream] ?? { timestamp: toMilliseconds(message.slice(0, space)), text: '' }
    line.text += body.replace(/\r?\n$/, '')
    open[stream] = line
    if (!body.endsWith('\n')) continue
    open[stream] = undefined
    yield { ...line, stream }
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const rest = open[stream]
    if (rest !== undefined) yield { ...rest, stream }
  }
}

async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : HEADER_BYTES + rest.readUInt32BE(4)
      if (rest.length < end) break
      yield { stream: rest[0] === STDERR ? 'stderr' : 'stdout', payload: rest.subarray(HEADER_BYTES, end) }
      rest = rest.subarray(end)
    }
  }
}

// The engine writes nanoseconds.
function toMilliseconds(timestamp: string): string {
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? timestamp : new Date(time).toISOString()
}
