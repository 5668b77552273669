import { StringDecoder } from 'node:string_decoder'

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

interface OpenLine {
  readonly timestamp: string
  bytes: Buffer
  isGiven: boolean
}

/** As the API promises; a tenant that never ends its line must not fill the worker's memory. */
const MAX_LINE_BYTES = 16_384
const LINE_FEED = 0x0a

/**
 * Lines from the engine's log stream with timestamps, where each frame is one message behind a header of 8 bytes: the stream's
 * number, three zeros and the length. A line above 16 KiB comes in several messages without a line break; it is given as soon
 * as there is so much of it, and the rest of it is left out.
 */
export async function* demultiplexLogs(source: AsyncIterable<Buffer>): AsyncGenerator<DemultiplexedLine> {
  const open: Record<Frame['stream'], OpenLine | undefined> = { stdout: undefined, stderr: undefined }
  for await (const { stream, payload } of frames(source)) {
    const space = payload.indexOf(' ')
    const body = payload.subarray(space + 1)
    const line = open[stream] ?? openLine(payload.toString('utf8', 0, space))
    const isWhole = body.at(-1) === LINE_FEED
    open[stream] = isWhole ? undefined : line
    if (line.isGiven) continue
    line.bytes = Buffer.concat([line.bytes, body])
    if (!isWhole && line.bytes.length < MAX_LINE_BYTES) continue
    line.isGiven = true
    yield toLine(stream, line)
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const rest = open[stream]
    if (rest !== undefined && !rest.isGiven) yield toLine(stream, rest)
  }
}

function openLine(timestamp: string): OpenLine {
  return { timestamp: toMilliseconds(timestamp), bytes: Buffer.alloc(0), isGiven: false }
}

function toLine(stream: Frame['stream'], { timestamp, bytes }: OpenLine): DemultiplexedLine {
  // A decoder keeps back the half of a character.
  const text = new StringDecoder('utf8').write(bytes.subarray(0, MAX_LINE_BYTES))
  return { timestamp, stream, text: text.replace(/\r?\n$/, '') }
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
