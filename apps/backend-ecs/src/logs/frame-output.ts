/** Numbers of the streams in Docker's multiplexed format. */
export const STDOUT = 1
export const STDERR = 2
/** What the engine itself has to say: clients show it as an error and end. */
export const SYSTEM_ERROR = 3

/** One frame: stream, three zeros, length, content. */
export function frame(stream: typeof STDOUT | typeof STDERR | typeof SYSTEM_ERROR, content: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(content.length, 4)
  return Buffer.concat([header, content])
}

export const RAW_STREAM = 'application/vnd.docker.raw-stream'
export const MULTIPLEXED_STREAM = 'application/vnd.docker.multiplexed-stream'
