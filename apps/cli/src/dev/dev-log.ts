import { finished } from 'node:stream/promises'
import type { LandlordSettings } from '@landlord/settings'
import { type Logger, multistream, type StreamEntry } from 'pino'
import { createStream } from 'rotating-file-stream'

/** Of one file; and so many full ones are kept beside it, as `landlord.log.1` (the newest) to `.3`. */
const LARGEST_FILE = '20M'
const KEPT_FILES = 3

export interface DevLogOptions {
  readonly level: LandlordSettings['log']['level']
  /** On stderr too, for people. */
  readonly isVerbose: boolean
  readonly hasColors: boolean
  /** Called when the file can be written no more, e.g. on a full disk. Landlord goes on without it. */
  readonly onFailure: (error: Error) => void
  /** As in `10M` or `1K`; default 20M. */
  readonly largestFile?: `${number}${'K' | 'M'}`
}

export interface DevLog {
  readonly logger: Logger
  /** Writes out what is still in memory. */
  close(): Promise<void>
}

/** JSON lines into a file, without secrets, as the server logs them. The terminal is for what a person needs. */
export async function openDevLog(file: string, options: DevLogOptions): Promise<DevLog> {
  const { level, isVerbose, hasColors, onFailure, largestFile = LARGEST_FILE } = options
  const { createLogger } = await import('@landlord/server')
  const destination = createStream(file, { size: largestFile, rotate: KEPT_FILES, mode: 0o600 })
  destination.on('error', onFailure)
  const streams: StreamEntry[] = [{ level: 'trace', stream: destination }]
  if (isVerbose) {
    const { default: pretty } = await import('pino-pretty')
    streams.push({
      level: 'trace',
      stream: pretty({ destination: 2, sync: true, colorize: hasColors, ignore: 'pid,hostname,app' }),
    })
  }
  return {
    logger: createLogger({ level, format: 'json' }, multistream(streams)),
    close: async () => {
      destination.end()
      // What went wrong has been told already.
      await finished(destination).catch(() => {})
    },
  }
}
