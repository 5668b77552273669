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
  // Whoever leaves early hears of no failure after that, which would end the process unheard.
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure = error
  })
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('error', () => undefined)
  try {
    for await (const line of lines) {
      if (line.trim() !== '') yield JSON.parse(line) as ProgressEvent
    }
  } finally {
    lines.close()
    stream.destroy()
  }
  if (failure !== undefined) throw failure
}
