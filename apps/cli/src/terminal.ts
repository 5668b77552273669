import type { Readable, Writable } from 'node:stream'
import pc from 'picocolors'

export type Colors = ReturnType<typeof pc.createColors>

/** The three streams and what they can do. Results go to stdout, everything about the way there to stderr. */
export interface Terminal {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** A line on stderr can be written over. */
  readonly canRedraw: boolean
  /** Somebody is there to answer a question. */
  readonly canAsk: boolean
  /** For text on stdout. */
  readonly colors: Colors
  /** For text on stderr. */
  readonly errorColors: Colors
  /** Writes a line to stdout. */
  print(text: string): void
  /** Writes a line to stderr. */
  note(text: string): void
}

export interface TerminalStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
}

/** Colours follow NO_COLOR, FORCE_COLOR and `--no-color`, then whether the stream is a terminal. */
export function createTerminal(streams: TerminalStreams, env: NodeJS.ProcessEnv, argv: readonly string[]): Terminal {
  const { stdin, stdout, stderr } = streams
  const refused = (env.NO_COLOR ?? '') !== '' || argv.includes('--no-color') || env.TERM === 'dumb'
  const forced = (env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0'
  const colorsFor = (isTerminal: boolean) => pc.createColors(!refused && (forced || isTerminal))
  const stdoutIsTerminal = stdout.isTTY === true
  const stderrIsTerminal = stderr.isTTY === true
  return {
    stdin,
    stdout,
    stderr,
    stdoutIsTerminal,
    stderrIsTerminal,
    // A pseudo-terminal that nobody gave a size has no columns, and its lines cannot be counted.
    canRedraw: stderrIsTerminal && (stderr.columns ?? 0) > 0 && env.TERM !== 'dumb',
    canAsk: stdin.isTTY === true && stderrIsTerminal,
    colors: colorsFor(stdoutIsTerminal),
    errorColors: colorsFor(stderrIsTerminal),
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
  }
}
