#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { BACKEND_VERSION } from './backend-version.ts'
import { createLogger } from './create-logger.ts'
import { HELP } from './help.ts'
import { checkAccess } from './settings/check-access.ts'
import { type BackendFlag, FLAG_KEYS, loadBackendSettings } from './settings/load-backend-settings.ts'
import { startBackend } from './start-backend.ts'
import { startFailure } from './start-failure.ts'

function readCommandLine() {
  const flags = Object.fromEntries(Object.keys(FLAG_KEYS).map((flag) => [flag, { type: 'string' as const }]))
  const { values, positionals } = parseArgs({
    options: {
      ...flags,
      config: { type: 'string' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  })
  const { config, version, help, ...settings } = values as Record<string, string | boolean | undefined>
  return {
    command: positionals.join(' '),
    configFile: config as string | undefined,
    version: version === true,
    help: help === true,
    flags: settings as Partial<Record<BackendFlag, string>>,
  }
}

async function main(): Promise<void> {
  const { command, version, help, ...source } = readCommandLine()
  if (help || version) return void process.stdout.write(help ? HELP : `${BACKEND_VERSION}\n`)
  if (command !== '' && command !== 'config check') {
    throw Object.assign(new Error(`unknown command "${command}"; see --help`), { code: 'ERR_PARSE_ARGS_COMMAND' })
  }
  const loaded = loadBackendSettings(source)
  await checkAccess(loaded.values)
  if (command === 'config check') {
    const rows = loaded.describe().map(({ key, value, source: from }) => `${key} = ${String(value)}  (${from})\n`)
    return void process.stdout.write(rows.join(''))
  }
  await serve(loaded)
}

async function serve({ values: settings, warnings }: ReturnType<typeof loadBackendSettings>): Promise<void> {
  const logger = createLogger(settings.log)
  for (const { code, message } of warnings) logger.warn({ code }, message)
  const backend = await startBackend(settings, { logger })
  let isStopping = false
  const stop = (signal: NodeJS.Signals): void => {
    // Whoever asks twice does not want to wait.
    if (isStopping) process.exit(1)
    isStopping = true
    logger.info({ signal }, 'backend-ecs stops')
    backend.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'backend-ecs did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch((error: unknown) => {
  const { text, exitCode } = startFailure(error)
  process.stderr.write(`backend-ecs: ${text}\n`)
  process.exit(exitCode)
})
