#!/usr/bin/env node
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { type LandlordSettings, type LoadedSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import type { Logger } from 'pino'
import { runBackupCommand } from './backup-command.ts'
import { createLogger } from './create-logger.ts'
import { runMigrateCommand } from './migrate-command.ts'
import { SERVER_VERSION } from './server-version.ts'
import { startFailure } from './start-failure.ts'
import { startServer } from './start-server.ts'
import { runTokenCommand } from './token-command.ts'

const HELP = `landlord-server: Landlord's HTTP API, store and reconcile triggers.

  --config <file>         settings file; default: landlord.yaml and the usual places
  --host <address>        server.host (beyond loopback: docs/access.md)
  --port <number>         server.port
  --database-url <url>    database.url: sqlite:<file> or postgres://…
  --log-level <level>     log.level
  --version, --help

  token create --name <name>   makes the first API token, directly in the database; see token create --help
  backup --to <file>           copies a SQLite database while servers work on it; see backup --help
  migrate --from <u> --to <u>  copies a SQLite database to PostgreSQL; see migrate --help

Every setting can also be given as LANDLORD_<KEY>, e.g. LANDLORD_DATABASE_URL.
`

const SHUTDOWN_LIMIT_MS = 30_000

function readSettings(): LoadedSettings<LandlordSettings> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      'database-url': { type: 'string' },
      'log-level': { type: 'string' },
      version: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true || values.version === true) {
    process.stdout.write(values.help === true ? HELP : `${SERVER_VERSION}\n`)
    process.exit(0)
  }
  return loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    configFile: values.config,
    flags: {
      'server.host': values.host,
      'server.port': values.port,
      'database.url': values['database-url'],
      'log.level': values['log-level'],
    },
    flagNames: { 'server.host': '--host', 'server.port': '--port' },
  })
}

async function main(): Promise<void> {
  const [command, ...argv] = process.argv.slice(2)
  if (command === 'backup') {
    process.stdout.write(await runBackupCommand(argv))
    return
  }
  if (command === 'migrate') {
    process.stdout.write(await runMigrateCommand(argv, process.env))
    return
  }
  if (command === 'token') {
    process.stdout.write(await runTokenCommand(argv, () => new Date()))
    return
  }
  const { values: settings, warnings } = readSettings()
  const logger = createLogger(settings.log)
  for (const { code, message } of warnings) logger.warn({ code }, message)
  const stopping = stopOnSignals(logger)
  const server = await startServer(settings, { logger, signal: stopping }).catch((error: unknown) => {
    if (error === stopping.reason) return undefined
    throw error
  })
  if (!stopping.aborted) await once(stopping, 'abort')
  await server?.close().catch((error: unknown) => {
    logger.error({ err: error }, 'server did not stop cleanly')
    process.exit(1)
  })
  process.exit(0)
}

/** Aborts at SIGTERM and SIGINT, also while the server starts; a second one of the same ends the process at once. */
function stopOnSignals(logger: Logger): AbortSignal {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'server stops')
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    stopping.abort()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  return stopping.signal
}

main().catch((error: unknown) => {
  const { text, exitCode } = startFailure(error)
  process.stderr.write(`landlord-server: ${text}\n`)
  process.exit(exitCode)
})
