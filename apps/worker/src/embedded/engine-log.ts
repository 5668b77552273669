import { appendFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { isJsonObject, type Logger } from '@landlord/compute-core'

const LOG_FILE = 'restate.log'
const LARGEST_LOG_BYTES = 10 * 2 ** 20
const REMEMBERED_LINES = 15

/** What an engine writes: all of it into a file, errors to the logger too, and the end of it for an obituary. */
export interface EngineLog {
  readonly file: string
  follow(stream: Readable): void
  /** The last lines, oldest first. */
  tail(): string
}

/** `restate.log` in `folder`; one that has grown too large becomes `restate.log.1`. */
export function openEngineLog(folder: string, logger: Logger): EngineLog {
  const file = join(folder, LOG_FILE)
  rotate(file)
  appendFileSync(file, '', { mode: 0o600 })
  const lines: string[] = []
  const take = (line: string): void => {
    lines.push(line)
    if (lines.length > REMEMBERED_LINES) lines.shift()
    try {
      appendFileSync(file, `${line}\n`, { mode: 0o600 })
    } catch {
      // The folder can be wiped at any moment; the next start makes a new one.
    }
    const error = errorText(line)
    if (error !== undefined) logger.error({ engine: 'restate' }, error)
  }
  return {
    file,
    follow: (stream) => void createInterface({ input: stream }).on('line', take),
    tail: () => lines.join('\n'),
  }
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`)
}

function errorText(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    if (!isJsonObject(entry) || entry.level !== 'ERROR') return undefined
    const { message } = isJsonObject(entry.fields) ? entry.fields : entry
    return typeof message === 'string' ? message : line
  } catch {
    // Panics and messages from before the logger is set up.
    return line
  }
}
