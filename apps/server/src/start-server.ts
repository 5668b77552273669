import { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ProviderRegistry } from '@landlord/compute-core'
import { buildRegistry } from '@landlord/provider-wiring'
import type { LandlordSettings } from '@landlord/settings'
import { openTracer } from '@landlord/tracing'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { buildAccess } from './access/build-access.ts'
import { buildServer } from './build-server.ts'
import { type Observing, startObserving } from './drift/start-observing.ts'
import { toDriftLimits } from './drift/to-drift-limits.ts'
import { createEventFeed } from './events/event-feed.ts'
import { createStreamLimit } from './events/limit-streams.ts'
import { startPruning } from './events/start-pruning.ts'
import { startExpiring } from './expiry/start-expiring.ts'
import { keepTlsFresh, readTlsFiles } from './http/tls-files.ts'
import { createMetrics } from './metrics/metrics.ts'
import type { ServerDeps } from './server-deps.ts'
import { type ServerTarget, serverTarget } from './server-target.ts'
import { SERVER_VERSION } from './server-version.ts'
import { readBrake } from './store/brake-store.ts'
import { toDatabaseLimits } from './store/database-limits.ts'
import { readDeliveryBacklog } from './store/delivery-store.ts'
import { countTenantsByStatus } from './store/list-tenants.ts'
import { countAsked, countDriftByReason, readObservationAge } from './store/observation-store.ts'
import type { Store } from './store/open-store.ts'
import { openStoreOnceUp } from './store/open-store-once-up.ts'
import { countOpenOperations } from './store/operation-store.ts'
import { createTenantSignals } from './tenants/tenant-signals.ts'
import { createNetworkGuard } from './webhooks/network-guard.ts'
import { startDelivering } from './webhooks/start-delivering.ts'
import { type Sweeping, startSweeping } from './workflow/start-sweeping.ts'
import { createTriggers } from './workflow/triggers.ts'
import { createWorkflowClient } from './workflow/workflow-client.ts'

export interface ServerDependencies {
  /** Default: nothing is logged. */
  readonly logger?: Logger
  /** Default: `buildRegistry` of `compute:`. It is closed with the server. */
  readonly buildRegistry?: (installation: string) => Promise<ProviderRegistry>
  readonly now?: () => Date
  /** Ends the waiting for a database that is away: the start then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface RunningServer {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly url: string
  readonly installationId: string
  /** Triggers again what is open and shows no sign of life; returns how many. */
  sweepNow(): Promise<number>
  /** Attends to the tenants that expire; returns to how many. */
  expireNow(): Promise<number>
  /** Asks workers to look at the tenants that are due; returns how many. */
  observeNow(): Promise<number>
  /** Ends waits with 503, and streams, finishes requests, delivers the triggers under way, closes the database. */
  close(): Promise<void>
}

/**
 * Opens and migrates the database, waits for one that is away (`database.start_timeout_seconds`), listens, and sweeps. Rejects with `ServerSettingsError` when settings do not suffice, with
 * `StoreError` when the database cannot be used, with `TlsFilesError`, and with what `buildRegistry` rejects with.
 */
export async function startServer(
  settings: LandlordSettings,
  dependencies: ServerDependencies = {},
): Promise<RunningServer> {
  const { logger = pino({ level: 'silent' }), now = () => new Date() } = dependencies
  const target = serverTarget(settings)
  const closers: Closer[] = []
  try {
    const { start_timeout_seconds: seconds } = settings.database
    const patience = { seconds, logger, signal: dependencies.signal }
    const store = await openStoreOnceUp(target.databaseUrl, toDatabaseLimits(settings.database), patience)
    closers.push(() => store.close())
    const registry = await (dependencies.buildRegistry ?? fromSettings(settings, logger))(store.installationId)
    closers.push(() => registry.close())
    const tracer = await openTracer(settings.tracing, {
      service: 'landlord-server',
      version: SERVER_VERSION,
      onFailure: (reason) => logger.warn({ reason }, 'traces cannot be sent'),
    })
    closers.push(() => tracer.close())
    const parts = connect({ target, store, logger, now, settings })
    closers.push(() => parts.workflow.close())
    closers.push(() => parts.triggers.drain())
    const { tls: tlsFiles } = settings.server
    const tls = tlsFiles === undefined ? undefined : await readTlsFiles(tlsFiles)
    const stopping = new AbortController()
    const deps: ServerDeps = {
      ...parts,
      tracer,
      store,
      registry,
      now,
      logger,
      ...buildAccess(settings.access, { store, now, logger }),
      ...(tls === undefined ? {} : { tls }),
      trustedProxies: settings.server.trusted_proxies,
      workerTokens: target.workerTokens,
      host: target.host,
      deadlineSeconds: settings.reconcile.deadline_seconds,
      orphanGraceSeconds: settings.reconcile.orphan_grace_seconds,
      drift: toDriftLimits(settings.drift),
      random: Math.random,
      stopping: stopping.signal,
    }
    const app = await buildServer(deps)
    closers.push(() => app.close())
    const url = await listen(app, { target, tlsFiles, deps }, closers)
    const { sweeping, expiring, observing } = startBackground(settings, deps, closers)
    closers.push(async () => stopping.abort())
    const facts = { url, installation_id: store.installationId, providers: registry.list() }
    logger.info(facts, deps.isGuarded ? 'server is up' : 'server is up, on loopback only and without access control')
    return {
      url,
      installationId: store.installationId,
      sweepNow: sweeping.sweepNow,
      expireNow: expiring.expireNow,
      observeNow: observing.observeNow,
      close: once(() => closeAll(closers)),
    }
  } catch (error) {
    await closeAll(closers).catch(() => {})
    throw error
  }
}

type Closer = () => Promise<unknown>

interface Listening {
  readonly target: ServerTarget
  readonly tlsFiles: LandlordSettings['server']['tls']
  readonly deps: ServerDeps
}

/** Where it can be reached from now on. */
async function listen(
  app: FastifyInstance,
  { target: { host, port }, tlsFiles, deps: { tls, logger } }: Listening,
  closers: Closer[],
): Promise<string> {
  await app.listen({ host, port, listenTextResolver: () => 'server socket is open' })
  if (tlsFiles !== undefined && tls !== undefined && app.server instanceof HttpsServer) {
    const stop = keepTlsFresh(app.server, { files: tlsFiles, current: tls, logger })
    closers.push(async () => stop())
  }
  return urlOf(app.server.address() as AddressInfo, tls === undefined ? 'http' : 'https')
}

/** What goes on by itself while the server is up. */
function startBackground(settings: LandlordSettings, deps: ServerDeps, closers: Closer[]) {
  const sweeping = keepSweeping(settings, deps)
  closers.push(() => sweeping.stop())
  const expiring = startExpiring(deps, settings.reconcile.expiry_interval_seconds)
  closers.push(() => expiring.stop())
  const delivering = startDelivering({ ...deps, guard: deps.webhookGuard, settings: settings.webhooks })
  closers.push(() => delivering.stop())
  const pruning = startPruning({ ...deps, settings })
  closers.push(() => pruning.stop())
  const observing = keepObserving(settings, deps)
  closers.push(() => observing.stop())
  return { sweeping, expiring, observing }
}

interface Around {
  readonly store: Store
  readonly logger: Logger
  readonly now: () => Date
}

function connect({
  target,
  store,
  logger,
  now,
  settings,
}: Around & { readonly target: ServerTarget; readonly settings: LandlordSettings }) {
  const { ingressUrl, adminUrl } = target
  const workflow = createWorkflowClient({ ingressUrl, ...(adminUrl === undefined ? {} : { adminUrl }) })
  const signals = createTenantSignals()
  // What other servers commit, where the database tells of it.
  store.onCommitted((tenantId) => {
    if (tenantId !== undefined) signals.notify(tenantId)
  })
  const streams = createStreamLimit(settings.server.max_streams)
  const sources = {
    countTenants: () => countTenantsByStatus(store.db),
    countOpenOperations: () => countOpenOperations(store.db),
    countWaits: () => signals.size,
    countDrift: () => countDriftByReason(store.db),
    countLooks: () => countAsked(store.db),
    readOldestLook: async () => (await readObservationAge(store.db)).oldestObservedAt,
    isBrakeApplied: async () => (await readBrake(store.db)) !== undefined,
    countStreams: () => streams.size,
    countDeliveries: () => readDeliveryBacklog(store.db),
  }
  const metrics = settings.metrics.enabled ? createMetrics(sources, now) : undefined
  const onSent = () => metrics?.countTriggerSent()
  const onFailure = (reason: string) => metrics?.countTriggerFailure(reason)
  return {
    workflow,
    metrics,
    signals,
    streams,
    webhookGuard: createNetworkGuard({
      allowHttp: settings.webhooks.allow_http,
      allowedNetworks: settings.webhooks.allowed_networks,
    }),
    feed: createEventFeed({ db: store.db, onCommitted: store.onCommitted, logger }),
    triggers: createTriggers({ transaction: store.transaction, workflow, now, logger, onSent, onFailure }),
  }
}

function keepSweeping(
  { reconcile }: LandlordSettings,
  { store, logger, now, workflow, metrics, triggers }: Around & Pick<ServerDeps, 'workflow' | 'metrics' | 'triggers'>,
): Sweeping {
  return startSweeping(
    {
      db: store.db,
      transaction: store.transaction,
      triggers,
      workflow,
      now,
      logger,
      intervalSeconds: reconcile.sweep_interval_seconds,
      staleAfterSeconds: reconcile.stale_after_seconds,
      startedAt: now(),
      onResent: (count) => metrics?.countResent(count),
    },
    {
      isEngineUp: () =>
        workflow.checkEngine().then(
          () => true,
          () => false,
        ),
    },
  )
}

function keepObserving(
  { drift }: LandlordSettings,
  { store, logger, now, workflow }: Around & Pick<ServerDeps, 'workflow'>,
): Observing {
  if (!drift.enabled) return { observeNow: async () => 0, stop: async () => {} }
  const { db, transaction } = store
  return startObserving({ db, transaction, workflow, now, logger, limits: toDriftLimits(drift) })
}

function fromSettings(settings: LandlordSettings, logger: Logger) {
  return (installation: string) => buildRegistry(settings.compute, { installation, logger })
}

/** What was opened last is closed first; one that fails does not keep the others open. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers.toReversed()) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} part(s) of the server failed to close`)
  }
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= close()
    return closed
  }
}

function urlOf({ address, port, family }: AddressInfo, scheme: 'http' | 'https'): string {
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
