import type { Server } from 'node:https'
import type { Logger } from 'pino'
import { openAwsAccount } from './aws/aws-account.ts'
import type { BackendDeps } from './backend-deps.ts'
import { checkCluster } from './check-cluster.ts'
import { openEventLog } from './events/event-log.ts'
import { buildApp } from './http/build-app.ts'
import { listen } from './http/listen.ts'
import { readListenAddress } from './http/listen-address.ts'
import { noteCall } from './http/request-calls.ts'
import { keepTlsFresh, readTlsFiles } from './http/tls-files.ts'
import { registerRoutes } from './register-routes.ts'
import type { BackendSettings } from './settings/backend-settings.ts'
import { instanceName } from './settings/instance-name.ts'
import { openStateStore } from './store/state-store.ts'

export interface RunningBackend {
  /** `unix:///path` or `http(s)://host:port`. */
  readonly url: string
  /** Ends streams, lets requests under way finish within the grace time, then closes everything. Twice is once. */
  close(): Promise<void>
}

export interface BackendOptions extends Pick<BackendDeps, 'watchTimings'> {
  readonly logger: Logger
}

const LAST_WORDS_MS = 500

/** Starts a backend and listens. Rejects, having closed what it began, when settings, state file or address cannot be used. */
export async function startBackend(settings: BackendSettings, options: BackendOptions): Promise<RunningBackend> {
  const { logger, watchTimings } = options
  const address = readListenAddress(settings)
  const tls = settings.tls === undefined ? undefined : await readTlsFiles(settings.tls)
  const store = openStateStore(settings.data_dir)
  const [stopping, closing] = [new AbortController(), new AbortController()]
  const aws = openAwsAccount({ region: settings.ecs.region, observe: noteCall })
  const now = (): Date => new Date()
  const deps: BackendDeps = {
    settings,
    instance: instanceName(settings),
    aws,
    store,
    events: openEventLog(store.database, now),
    logger,
    stopping: stopping.signal,
    closing: closing.signal,
    now,
    ...(watchTimings === undefined ? {} : { watchTimings }),
  }
  const token = address.kind === 'tcp' ? settings.token : undefined
  const { app, streams } = buildApp({ logger, token, tls, stopping: stopping.signal })
  const routes = registerRoutes(app, streams, deps)
  const stopRereading =
    settings.tls === undefined || tls === undefined
      ? () => {}
      : keepTlsFresh(app.server as Server, { files: settings.tls, current: tls, logger })
  const close = async (): Promise<void> => {
    stopping.abort()
    stopRereading()
    const cut = (): void => {
      streams.close()
      app.server.closeAllConnections()
    }
    let grace = setTimeout(() => {
      closing.abort()
      // Whoever still waits is told that it goes on without this process.
      grace = setTimeout(cut, LAST_WORDS_MS)
    }, settings.shutdown_grace_seconds * 1000)
    await app.close()
    clearTimeout(grace)
    closing.abort()
    streams.close()
    await routes.close()
    aws.close()
    store.close()
  }
  try {
    await routes.start()
    const url = await listen(app, address)
    logger.info({ addr: url, instance: deps.instance, cluster: settings.ecs.cluster }, 'backend-ecs listens')
    void checkCluster(deps)
    let closed: Promise<void> | undefined
    return { url, close: () => (closed ??= close()) }
  } catch (error) {
    await close()
    throw error
  }
}
