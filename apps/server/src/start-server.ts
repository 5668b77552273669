import type { AddressInfo } from 'node:net'
import type { ProviderRegistry } from '@landlord/compute-core'
import type { Logger } from 'pino'
import { assertLoopback } from './assert-loopback.ts'
import { buildServer } from './build-server.ts'
import { createMetrics } from './metrics/metrics.ts'
import type { ServerSettings } from './server-settings.ts'
import { countTenantsByStatus } from './store/list-tenants.ts'
import { openStore } from './store/open-store.ts'
import { countOpenOperations } from './store/operation-store.ts'
import { createTenantSignals } from './tenants/tenant-signals.ts'
import { startSweeping } from './workflow/start-sweeping.ts'
import { createTriggers } from './workflow/triggers.ts'
import { createWorkflowClient } from './workflow/workflow-client.ts'

export interface StartServerOptions {
  readonly logger: Logger
  /** The providers, for their schemas, defaults and validation; told the installation's id once the database is open. */
  readonly createRegistry: (context: { readonly installation: string }) => Promise<ProviderRegistry>
  /** Default: the system's clock. */
  readonly now?: () => Date
}

export interface RunningServer {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly url: string
  readonly installationId: string
  /** Triggers again what is open and shows no sign of life; returns how many. */
  sweepNow(): Promise<number>
  /** Ends waits with 503, finishes requests, delivers the triggers under way, closes the database. */
  close(): Promise<void>
}

/** Opens the database, migrates, listens and sweeps. Throws when an address or a database cannot be used. */
export async function startServer(settings: ServerSettings, options: StartServerOptions): Promise<RunningServer> {
  const { logger, now = () => new Date() } = options
  assertLoopback(settings.server.host)
  const store = await openStore(settings.database.url)
  const cleanup: (() => Promise<unknown>)[] = [() => store.close()]
  try {
    const registry = await options.createRegistry({ installation: store.installationId })
    cleanup.push(() => registry.close())
    const sources = {
      countTenants: () => countTenantsByStatus(store.db),
      countOpenOperations: () => countOpenOperations(store.db),
    }
    const metrics = createMetrics(sources, now)
    const { ingress_url: ingressUrl, admin_url: adminUrl } = settings.workflow
    const workflow = createWorkflowClient({ ingressUrl, ...(adminUrl === undefined ? {} : { adminUrl }) })
    cleanup.push(() => workflow.close())
    const onFailure = (reason: string) => metrics.countTriggerFailure(reason)
    const triggers = createTriggers({ db: store.db, workflow, now, logger, onFailure })
    cleanup.push(() => triggers.drain())
    const stopping = new AbortController()
    const app = await buildServer({
      store,
      registry,
      metrics,
      workflow,
      triggers,
      now,
      logger,
      signals: createTenantSignals(),
      workerToken: settings.worker.token,
      host: settings.server.host,
      deadlineSeconds: settings.reconcile.deadline_seconds,
      stopping: stopping.signal,
    })
    cleanup.push(() => app.close())
    await app.listen({ host: settings.server.host, port: settings.server.port })
    const sweeping = startSweeping(
      {
        db: store.db,
        triggers,
        now,
        logger,
        intervalSeconds: settings.reconcile.sweep_interval_seconds,
        staleAfterSeconds: settings.reconcile.stale_after_seconds,
        startedAt: now(),
        onResent: (count) => metrics.countResent(count),
      },
      {
        isEngineUp: () =>
          workflow.checkEngine().then(
            () => true,
            () => false,
          ),
      },
    )
    cleanup.push(() => sweeping.stop())
    cleanup.push(async () => stopping.abort())
    const url = urlOf(app.server.address() as AddressInfo)
    logger.info(
      { url, installation_id: store.installationId, providers: registry.list() },
      'server listens; loopback only, without access control',
    )
    return { url, installationId: store.installationId, sweepNow: sweeping.sweepNow, close: once(() => undo(cleanup)) }
  } catch (error) {
    await undo(cleanup).catch(() => {})
    throw error
  }
}

/** What was opened last is closed first; one that fails does not keep the others open. */
async function undo(cleanup: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of cleanup.toReversed()) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} part(s) of the server failed to close`)
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= close()
    return closed
  }
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
