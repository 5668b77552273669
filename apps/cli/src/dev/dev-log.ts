import { renameSync, statSync } from 'node:fs'
import type { LandlordSettings } from '@landlord/settings'
import { type Logger, multistream, pino, type StreamEntry } from 'pino'

const LARGEST_LOG_BYTES = 20 * 2 ** 20

export interface DevLog {
  readonly logger: Logger
  /** Writes out what is still in memory. */
  close(): void
}

/** JSON lines into a file, and with `isVerbose` for people on stderr too. The terminal is for what a person needs. */
export async function openDevLog(
  file: string,
  { level, isVerbose, hasColors }: { level: LandlordSettings['log']['level']; isVerbose: boolean; hasColors: boolean },
): Promise<DevLog> {
  rotate(file)
  const destination = pino.destination({ dest: file, mode: 0o600, sync: true })
  const streams: StreamEntry[] = [{ level: 'trace', stream: destination }]
  if (isVerbose) {
    const { default: pretty } = await import('pino-pretty')
    streams.push({
      level: 'trace',
      stream: pretty({ destination: 2, sync: true, colorize: hasColors, ignore: 'pid,hostname' }),
    })
  }
  return {
    logger: pino({ level, base: null }, multistream(streams)),
    close: () => destination.end(),
  }
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`)
}
