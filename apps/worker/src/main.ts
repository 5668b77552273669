#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { ComputeSettingsError } from '@landlord/provider-wiring'
import { type LandlordSettings, landlordSettingsSchema, loadSettings, SettingsError } from '@landlord/settings'
import { createLogger } from './create-logger.ts'
import { startWorker } from './start-worker.ts'
import { WorkerSettingsError } from './worker-target.ts'

const USAGE = `landlord-worker: applies the desired state of tenants through compute providers

Usage: landlord-worker [--config FILE]

Settings come from the environment (LANDLORD_WORKER_TOKEN, …) over the file over defaults; it needs worker.server_url,
worker.token and workflow.admin_url. SIGTERM and SIGINT stop it in order, a second one at once.
`

/** Settings that are wrong, as sysexits.h has it; a process manager need not try again. */
const EXIT_CONFIG = 78

function isAboutSettings(error: unknown): boolean {
  return [SettingsError, WorkerSettingsError, ComputeSettingsError].some((kind) => error instanceof kind)
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (flags.help === true) {
    process.stdout.write(USAGE)
    return
  }
  const { values: settings, warnings } = loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    configFile: flags.config,
  })
  const logger = createLogger(settings.log)
  for (const warning of warnings) logger.warn({ key: warning.key }, warning.message)

  const stopping = new AbortController()
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1)
    stopping.abort(new Error('stopped by a signal'))
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)

  const worker = await startWorker(settings, { logger, signal: stopping.signal }).catch((error: unknown) => {
    if (stopping.signal.aborted) return undefined
    throw error
  })
  if (worker === undefined) return
  logger.info({ url: worker.url, installation: worker.installationId }, 'the worker is ready')
  if (!stopping.signal.aborted) {
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }))
  }
  await worker.close()
  logger.info({}, 'the worker has stopped')
}

try {
  await main()
} catch (error) {
  process.stderr.write(`landlord-worker: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = isAboutSettings(error) ? EXIT_CONFIG : 1
}
