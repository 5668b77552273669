import type { LandlordSettings } from '@landlord/settings'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/** Writes to standard error, one JSON document per line or lines for people. Tokens never appear, wherever an object holds them. */
export function createLogger({ level, format }: LandlordSettings['log']): Logger {
  const options = { level, redact: ['token', '*.token', 'headers.authorization', '*.headers.authorization'] }
  return format === 'pretty'
    ? pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }))
    : pino(options, pino.destination(2))
}
