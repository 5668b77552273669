import type { Readable } from 'node:stream'
import { LINE } from './exec-script.ts'

export type ExecFrame =
  | { readonly kind: 'ready' | 'end' }
  | { readonly kind: 'stdout' | 'stderr'; readonly content: Buffer }
  | { readonly kind: 'exit'; readonly code: number }

/** Lines that are none of the script's, such as an echo from before it could switch that off, are passed over. */
export async function* readFrames(output: Readable): AsyncGenerator<ExecFrame> {
  let rest = ''
  for await (const chunk of output as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const found = toFrame(line.replace(/\r$/, ''))
      if (found !== undefined) yield found
    }
  }
}

function toFrame(line: string): ExecFrame | undefined {
  const content = line.slice(1)
  switch (line[0]) {
    case LINE.ready:
      return { kind: 'ready' }
    case LINE.end:
      return { kind: 'end' }
    case LINE.stdout:
      return { kind: 'stdout', content: Buffer.from(content, 'base64') }
    case LINE.stderr:
      return { kind: 'stderr', content: Buffer.from(content, 'base64') }
    case LINE.exitCode:
      return { kind: 'exit', code: Number(content) }
    default:
      return undefined
  }
}
