import type { EngineEvent } from '@landlord/worker'
import type { CliContext } from '../cli-context.ts'
import { formatDuration } from '../render/format-time.ts'
import type { Terminal } from '../terminal.ts'
import { checkPort } from './check-port.ts'
import { type DataDirectory, openDataDirectory } from './data-directory.ts'
import { type DockerPresence, detectDocker } from './detect-docker.ts'
import { type DevLog, openDevLog } from './dev-log.ts'
import { type DevOptions, type LoadedDevSettings, loadDevSettings } from './dev-settings.ts'
import { renderReady } from './render-ready.ts'
import { listenForShutdown, type Shutdown } from './shutdown.ts'
import { type RunningParts, startParts } from './start-parts.ts'
import { toDevError } from './to-dev-error.ts'

const DEFAULT_URL = 'http://127.0.0.1:8080'

/** Runs the whole control plane in this process until it is interrupted. */
export async function runDev(context: CliContext, options: DevOptions): Promise<void> {
  const { terminal } = context
  const shutdown = listenForShutdown(context)
  const loaded = loadDevSettings(context, options)
  for (const warning of loaded.warnings) terminal.note(`${terminal.errorColors.yellow('warning:')} ${warning}`)
  // Before the heavy modules: while those load nothing else runs, and a time limit would be up before its answer is read.
  const [docker] = await Promise.all([lookForDocker(context, options, loaded), checkPort(loaded.values.server)])
  const data = openDataDirectory(options.dataDir, context.cwd)
  const log = await openDevLog(data.logFile, {
    level: loaded.values.log.level,
    isVerbose: options.verbose === true,
    hasColors: terminal.errorColors.isColorSupported,
    onFailure: ({ message }) => terminal.note(`The log ${data.logFile} is not written any more: ${message}`),
  })
  const setup = { context, options, loaded, data, docker, log, shutdown }
  try {
    const parts = await start(setup)
    terminal.print(ready(setup, parts))
    const broken = await Promise.race([shutdown.requested, parts.broken])
    await parts.close()
    if (broken !== undefined) throw broken
    terminal.note('Stopped')
  } catch (error) {
    throw toDevError(error, data)
  } finally {
    await log.close()
  }
}

interface DevSetup {
  readonly context: CliContext
  readonly options: DevOptions
  readonly loaded: LoadedDevSettings
  readonly data: DataDirectory
  readonly docker: DockerPresence | undefined
  readonly log: DevLog
  readonly shutdown: Shutdown
}

async function lookForDocker({ env, homeDirectory }: CliContext, options: DevOptions, { values }: LoadedDevSettings) {
  if (!options.docker) return undefined
  const host = values.compute.docker?.host
  return detectDocker({ host: typeof host === 'string' ? host : undefined, env, homeDirectory })
}

async function start({
  context: { terminal },
  options,
  loaded,
  data,
  docker,
  log,
  shutdown,
}: DevSetup): Promise<RunningParts> {
  const spinner = await startSpinner(terminal, options)
  const onEngineEvent = engineReporter(terminal)
  try {
    return await startParts({ settings: loaded.values, data, docker, logger: log.logger, shutdown, onEngineEvent })
  } finally {
    spinner?.stop()
  }
}

// Log lines and a spinner would write over each other.
async function startSpinner(terminal: Terminal, { verbose }: DevOptions): Promise<{ stop(): unknown } | undefined> {
  if (!terminal.canRedraw || verbose === true) return undefined
  const { default: ora } = await import('ora')
  return ora({ stream: terminal.stderr as NodeJS.WriteStream, discardStdin: false, text: 'Starting Landlord' }).start()
}

/** Says when the engine goes and comes back; its first coming is part of being ready. */
function engineReporter(terminal: Terminal): (event: EngineEvent) => void {
  let isAway = false
  return (event) => {
    if (event.kind === 'exited') {
      isAway = true
      const restart = formatDuration(event.restartInMs)
      terminal.note(`The workflow engine ended ${event.exit.how}; it is started again in ${restart}. Nothing is lost.`)
    }
    if (event.kind === 'ready' && isAway) {
      isAway = false
      terminal.note(`The workflow engine is back (pid ${event.process.pid})`)
    }
  }
}

function ready({ context, loaded, data, docker }: DevSetup, parts: RunningParts): string {
  const { env, terminal } = context
  const view = {
    ...parts,
    docker,
    isDefaultUrl: parts.url === DEFAULT_URL,
    dataDirectory: data.path,
    logFile: data.logFile,
    settingsFile: loaded.file,
    // Started by a script of the repository, where `landlord` is on nobody's PATH.
    program: env.npm_lifecycle_event === 'start' ? 'npx --yes pnpm@12 landlord' : 'landlord',
  }
  return renderReady(view, terminal.colors)
}
