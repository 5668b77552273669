import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import { toDockerError } from '../errors/to-docker-error.ts'
import { frame, STDOUT, SYSTEM_ERROR } from './frame-output.ts'

export interface OutputFormat {
  /** Bytes as they are, not framed: what a terminal gets. */
  readonly tty: boolean
  readonly timestamps: boolean
  /** Told of what ends the output early, which the client is told too. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Lines as Docker sends them. All of it is standard output: the log driver awslogs writes both into one stream and keeps no
 * note of which was which.
 */
export async function* toOutput(
  events: AsyncIterable<OutputLogEvent>,
  { tty, timestamps, onFailure }: OutputFormat,
): AsyncGenerator<Buffer> {
  const line = (text: string): Buffer => Buffer.from(`${text}${tty ? '\r\n' : '\n'}`)
  try {
    for await (const { message = '', timestamp = 0 } of events) {
      const output = line(`${timestamps ? `${toNanoTime(timestamp)} ` : ''}${message}`)
      yield tty ? output : frame(STDOUT, output)
    }
  } catch (error) {
    onFailure(error)
    // The status has been said; this is how Docker's own engine goes on.
    const said = line(`Error grabbing logs: ${toDockerError(error).message}`)
    yield tty ? said : frame(SYSTEM_ERROR, said)
  }
}

/** RFC 3339 with nine digits; CloudWatch knows milliseconds. */
const toNanoTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000000Z')
