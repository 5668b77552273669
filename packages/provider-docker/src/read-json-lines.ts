import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** One of the engine's progress events; unknown fields are ignored. */
export interface ProgressEvent {
  readonly id?: string
  readonly status?: string
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

/** The JSON objects of a stream that holds one in each line. */
export async function* readJsonLines(stream: Readable): AsyncGenerator<ProgressEvent> {
  // `createInterface` swallows the stream's failure; it is thrown at the end.
  let failure: Error | undefined
  stream.once('error', (error) => {
    failure = error
  })
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as ProgressEvent
  }
  if (failure !== undefined) throw failure
}
