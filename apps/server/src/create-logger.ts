import type { LandlordSettings } from '@landlord/settings'
import { type DestinationStream, type Logger, pino } from 'pino'

/** Wherever these keys turn up in a logged object, one or two levels deep. */
const SECRET_KEYS = [
  'authorization',
  'token',
  'compute_config',
  'desired_config',
  'applied_config',
  'config',
  'providerConfig',
]

/** The process's log: one JSON object a line, or lines for people. */
export function createLogger(log: LandlordSettings['log'], destination?: DestinationStream): Logger {
  const options = {
    level: log.level,
    base: { app: 'server' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  }
  if (log.format === 'json') return destination === undefined ? pino(options) : pino(options, destination)
  return pino(options, prettyStream(destination))
}

// A line for people needs no library: time, level, message, and what else was said.
function prettyStream(destination: DestinationStream = pino.destination(1)): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, app, ...facts } = JSON.parse(line) as Record<string, unknown>
      const rest = Object.entries(facts).map(([key, value]) => `${key}=${shown(value)}`)
      destination.write(
        `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg ?? '')} ${rest.join(' ')}\n`,
      )
    },
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value)
}
