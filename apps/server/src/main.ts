#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { type LandlordSettings, landlordSettingsSchema, loadSettings, SettingsError } from '@landlord/settings'
import { createLogger } from './create-logger.ts'
import { ServerSettingsError } from './server-target.ts'
import { SERVER_VERSION } from './server-version.ts'
import { startServer } from './start-server.ts'
import { StoreError } from './store/store-error.ts'

const HELP = `landlord-server: Landlord's HTTP API, store and reconcile triggers.

  --config <file>         settings file; default: landlord.yaml and the usual places
  --host <address>        server.host (loopback only)
  --port <number>         server.port
  --database-url <url>    database.url, e.g. sqlite:./landlord.db
  --log-level <level>     log.level
  --version, --help

Every setting can also be given as LANDLORD_<KEY>, e.g. LANDLORD_DATABASE_URL.
`

/** Settings that are wrong, as sysexits.h has it; a process manager need not try again. */
const EXIT_CONFIG = 78
const SHUTDOWN_LIMIT_MS = 30_000

function readSettings(): LandlordSettings {
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
  }).values
}

async function main(): Promise<void> {
  const settings = readSettings()
  const logger = createLogger(settings.log)
  const server = await startServer(settings, { logger })
  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'server stops')
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'server did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error: unknown) => {
  const isOurs = error instanceof SettingsError || error instanceof ServerSettingsError || error instanceof StoreError
  const text = error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`landlord-server: ${text}\n`)
  process.exit(error instanceof StoreError ? 1 : isOurs ? EXIT_CONFIG : 1)
})
