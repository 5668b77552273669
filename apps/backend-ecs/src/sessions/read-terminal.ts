import type { Readable } from 'node:stream'
import { SEPARATOR } from './exec-script.ts'

export type TerminalPart =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly content: Buffer }
  | { readonly kind: 'exit'; readonly code: number }

/** Longest exit code, with the separator behind it. */
const LONGEST_TAIL = 4

/** The terminal's bytes without what the script says between its separators, however these are cut into chunks. */
export async function* readTerminal(output: Readable, mark: string): AsyncGenerator<TerminalPart> {
  const opening = Buffer.from(`${SEPARATOR}${mark}`, 'latin1')
  const separator = SEPARATOR.charCodeAt(0)
  let rest = Buffer.alloc(0)
  for await (const chunk of output as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const at = rest.indexOf(opening)
      if (at < 0) break
      const end = rest.indexOf(separator, at + opening.length)
      if (end < 0 && rest.length - at < opening.length + LONGEST_TAIL) break
      if (at > 0) yield { kind: 'output', content: rest.subarray(0, at) }
      const said = rest.toString('latin1', at + opening.length, end)
      yield said === '' ? { kind: 'ready' } : { kind: 'exit', code: Number(said) }
      rest = rest.subarray(end + 1)
    }
    // What may be the beginning of a mark waits for what follows it.
    const from = rest.lastIndexOf(separator)
    const held = from >= 0 && isBeginning(rest.subarray(from), opening) ? from : rest.length
    if (held > 0) yield { kind: 'output', content: rest.subarray(0, held) }
    rest = rest.subarray(held)
  }
  if (rest.length > 0) yield { kind: 'output', content: rest }
}

const isBeginning = (bytes: Buffer, opening: Buffer): boolean =>
  bytes.length < opening.length
    ? opening.subarray(0, bytes.length).equals(bytes)
    : bytes.subarray(0, opening.length).equals(opening)
