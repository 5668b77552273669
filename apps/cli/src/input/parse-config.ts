import { LineCounter, parseDocument } from 'yaml'
import { CliError } from '../cli-error.ts'

export type ConfigObject = Record<string, unknown>

export interface ConfigText {
  /** For messages: a path, `stdin` or `--config`. */
  readonly name: string
  readonly isJson?: boolean
  /** Typed on the command line, where a missing file looks like a YAML word. */
  readonly isInline?: boolean
}

/** Parses JSON or YAML to an object. Throws `CliError` with line, column and the line itself. */
export function parseConfig(text: string, source: ConfigText): ConfigObject {
  const lineCounter = new LineCounter()
  // JSON is a subset of YAML 1.2, and the YAML parser knows where it stumbled. `version: 1.2` keeps `on` and `no` words.
  const document = parseDocument(text, { lineCounter, version: '1.2', prettyErrors: false, uniqueKeys: true })
  const [problem] = document.errors
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0])
    throw parseError(source, problem.message, { text, line, column: col })
  }
  if (source.isJson === true) assertJson(text, source)
  const value: unknown = document.toJS()
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ConfigObject
  throw notAnObject(source, text, value)
}

function assertJson(text: string, source: ConfigText): void {
  try {
    JSON.parse(text)
  } catch (cause) {
    const position = Number(/position (\d+)/.exec((cause as Error).message)?.[1] ?? text.length)
    const before = text.slice(0, position).split('\n')
    const place = { text, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    throw parseError(source, `is not JSON, as its name says: ${(cause as Error).message}`, place)
  }
}

function parseError(source: ConfigText, problem: string, at: { text: string; line: number; column: number }): CliError {
  const excerpt = at.text.split('\n')[at.line - 1] ?? ''
  const start = Math.max(0, at.column - 60)
  const gutter = `  ${at.line} | `
  return new CliError({
    reason: 'invalid',
    message: [
      `the configuration does not parse, ${source.name}:${at.line}:${at.column}: ${problem}`,
      gutter + excerpt.slice(start, start + 100),
      `${' '.repeat(gutter.length + at.column - 1 - start)}^`,
    ].join('\n'),
  })
}

function notAnObject(source: ConfigText, text: string, value: unknown): CliError {
  const got =
    value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`
  const looksLikePath = source.isInline === true && /[./\\]/.test(text) && !text.includes('\n')
  return new CliError({
    reason: 'invalid',
    message: `the configuration must be an object, e.g. '{"image":"nginx:alpine"}'; ${source.name} holds ${got}`,
    wayOut: looksLikePath ? [`if ${text} is meant to be a file: it does not exist`] : [],
  })
}
