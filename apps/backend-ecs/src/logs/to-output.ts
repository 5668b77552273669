import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import { frame, STDOUT } from './frame-output.ts'

export interface OutputFormat {
  /** Bytes as they are, not framed: what a terminal gets. */
  readonly tty: boolean
  readonly timestamps: boolean
}

/**
 * Lines as Docker sends them. All of it is standard output: the log driver awslogs writes both into one stream and keeps no
 * note of which was which.
 */
export async function* toOutput(
  events: AsyncIterable<OutputLogEvent>,
  { tty, timestamps }: OutputFormat,
): AsyncGenerator<Buffer> {
  for await (const { message = '', timestamp = 0 } of events) {
    const prefix = timestamps ? `${toNanoTime(timestamp)} ` : ''
    const line = Buffer.from(`${prefix}${message}${tty ? '\r\n' : '\n'}`)
    yield tty ? line : frame(STDOUT, line)
  }
}

/** RFC 3339 with nine digits; CloudWatch knows milliseconds. */
const toNanoTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000000Z')
