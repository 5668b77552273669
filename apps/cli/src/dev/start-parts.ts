import type { LandlordSettings } from '@landlord/settings'
import type { EmbeddedRestate, EngineEvent } from '@landlord/worker'
import type { Logger } from 'pino'
import type { DataDirectory } from './data-directory.ts'
import type { DockerPresence } from './detect-docker.ts'
import { completeSettings, type EngineAddress } from './dev-settings.ts'
import type { Shutdown } from './shutdown.ts'

export interface StartPartsOptions {
  readonly settings: LandlordSettings
  readonly data: DataDirectory
  /** Undefined with `--no-docker`. */
  readonly docker: DockerPresence | undefined
  readonly logger: Logger
  readonly shutdown: Shutdown
  readonly onEngineEvent: (event: EngineEvent) => void
}

export interface RunningParts {
  readonly url: string
  /** For a person: what and where the workflow engine is. */
  readonly engine: string
  readonly providers: readonly string[]
  /** Resolves with why Landlord cannot go on. */
  readonly broken: Promise<Error>
  /** Worker, workflow engine, server: nobody is left talking to somebody who has gone. */
  close(): Promise<void>
}

/** Starts workflow engine, server and worker in this process. What has been started is closed again when one fails. */
export async function startParts(options: StartPartsOptions): Promise<RunningParts> {
  const { settings, data, docker, logger, shutdown } = options
  const closers: { engine?: Close; server?: Close; worker?: Close } = {}
  const close = async () => {
    await closers.worker?.()
    await closers.engine?.()
    await closers.server?.()
  }
  try {
    const { startWorker, startEmbeddedRestate } = await import('@landlord/worker')
    const embedding = isEmbedded(settings)
      ? startEmbeddedRestate({
          baseDir: data.engineDirectory,
          logger,
          onEvent: options.onEngineEvent,
          signal: shutdown.signal,
        })
      : undefined
    const loading = import('@landlord/server')
    // Both are waited for, so that an engine that came up beside a failure is known and closed.
    const [engineResult, serverModule] = await Promise.allSettled([embedding, loading])
    if (engineResult.status === 'fulfilled') closers.engine = async () => engineResult.value?.close()
    const engine = settledValue(engineResult)
    const { startServer } = settledValue(serverModule)
    shutdown.throwIfRequested()

    const complete = completeSettings(settings, { data, engine: addressOf(engine, settings), docker })
    const server = await startServer(complete, { logger })
    closers.server = server.close
    shutdown.throwIfRequested()

    const forWorker = { ...complete, worker: { ...complete.worker, server_url: server.url } }
    const worker = await startWorker(forWorker, { logger, signal: shutdown.signal })
    closers.worker = worker.close
    return {
      url: server.url,
      engine:
        engine === undefined ? `Restate at ${settings.workflow.ingress_url}` : `Restate, embedded (pid ${engine.pid})`,
      providers: Object.keys(complete.compute),
      broken: brokenOf(engine),
      close,
    }
  } catch (error) {
    await close()
    shutdown.throwIfRequested()
    throw error
  }
}

type Close = () => Promise<void>

function isEmbedded({ workflow }: LandlordSettings): boolean {
  return workflow.ingress_url === undefined
}

function addressOf(engine: EmbeddedRestate | undefined, { workflow }: LandlordSettings): EngineAddress {
  if (engine !== undefined) return { ...engine, identityKeys: [engine.identityKey] }
  const { ingress_url: ingressUrl = '', admin_url: adminUrl = '', identity_keys: identityKeys } = workflow
  return { ingressUrl, adminUrl, identityKeys }
}

function brokenOf(engine: EmbeddedRestate | undefined): Promise<Error> {
  return new Promise((resolve) => {
    void engine?.exited.then((error) => {
      if (error !== undefined) resolve(error)
    })
  })
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason
  return result.value
}
