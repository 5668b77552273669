import { type DestinationStream, type Logger, pino } from 'pino'
import type { BackendSettings } from './settings/backend-settings.ts'

/** Wherever these keys turn up in a logged object, one or two levels deep. */
const SECRET_KEYS = ['authorization', 'token', 'Env', 'env', 'environment', 'password', 'auth', 'tokenValue']

/** The process's log: one JSON object a line. */
export function createLogger(log: BackendSettings['log'], destination?: DestinationStream): Logger {
  const options = {
    level: log.level,
    base: { app: 'backend-ecs' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
