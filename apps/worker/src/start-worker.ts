import { createHash } from 'node:crypto'
import { createWorkerClient } from '@landlord/api-contract'
import { type Logger, type ProviderRegistry, silentLogger } from '@landlord/compute-core'
import { buildRegistry } from '@landlord/provider-wiring'
import type { LandlordSettings } from '@landlord/settings'
import { askInstallation } from './ask-installation.ts'
import { sendHeartbeats } from './diagnosis/send-heartbeats.ts'
import { buildEndpoint } from './engine/build-endpoint.ts'
import { connectEngine } from './engine/engine-connection.ts'
import { keepRegistered } from './engine/keep-registered.ts'
import { createOrphanScanObject } from './engine/orphan-scan-object.ts'
import { createRunningSteps } from './engine/running-steps.ts'
import { serveEndpoint } from './engine/serve-endpoint.ts'
import { createTenantObject, HANDLERS, handlerOptions, OBSERVE_OPTIONS } from './engine/tenant-object.ts'
import { createWorkerService } from './engine/worker-service.ts'
import { createLogsHandler } from './logs/serve-logs.ts'
import { openInstruments } from './metrics/open-instruments.ts'
import type { ObserveDependencies } from './observe/observe-tenant.ts'
import { createSecretResolvers } from './secrets/create-secret-resolvers.ts'
import { createServerFetch } from './server-fetch.ts'
import { createProviderSlots } from './step/provider-slots.ts'
import type { StepDependencies } from './step/step.ts'
import { workerTarget } from './worker-target.ts'
import { WORKER_VERSION } from './worker-version.ts'

export interface WorkerDependencies {
  readonly logger?: Logger
  /** Default: `buildRegistry` of `compute:`. It is closed with the worker. */
  readonly buildRegistry?: (installation: string) => Promise<ProviderRegistry>
  readonly now?: () => Date
  /** Default: the version of this package. */
  readonly build?: string
  /** Gives up the wait for the server and the workflow engine. */
  readonly signal?: AbortSignal
}

export interface Worker {
  /** Where it listens; `/health` and `/metrics` answer there. */
  readonly url: string
  readonly installationId: string
  /** Whether the workflow engine knows this worker now. */
  readonly isRegistered: () => boolean
  /** Lets the steps under way end, aborts what takes longer than `worker.shutdown_grace_seconds`, closes the providers. */
  close(): Promise<void>
}

/**
 * Runs a worker: waits for the server (for the installation's id) and for the workflow engine, and resolves when it is
 * registered there. Rejects with `WorkerSettingsError` when settings are missing, with `ApiError` when the server refuses the token,
 * and with what `buildRegistry` rejects with.
 */
export async function startWorker(settings: LandlordSettings, dependencies: WorkerDependencies = {}): Promise<Worker> {
  const { logger = silentLogger, signal = new AbortController().signal } = dependencies
  const target = workerTarget(settings)
  const server = createServerFetch()
  const { serverUrl: baseUrl, token } = target
  const client = createWorkerClient({ baseUrl, token, userAgent: 'landlord-worker', fetch: server.fetch })
  const closeServer = async (error: unknown): Promise<never> => {
    await server.close()
    throw error
  }
  const installation = await askInstallation(client, logger, signal).catch(closeServer)
  const { installation_id: installationId, fingerprint_key: fingerprintKey } = installation
  const toRegistry = dependencies.buildRegistry ?? fromSettings(settings, logger)
  const registry = await toRegistry(installationId).catch(closeServer)

  const slots = createProviderSlots(settings.worker.calls_per_provider)
  const observeSlots = createProviderSlots(settings.drift.concurrency)
  const running = createRunningSteps()
  let isRegistered = (): boolean => false
  const sources = {
    countSteps: () => running.count,
    isRegistered: () => isRegistered(),
    slotUse: slots.use,
    observeSlotUse: observeSlots.use,
  }
  const instruments = await openInstruments(settings, sources, logger)
  const deps: StepDependencies & ObserveDependencies = {
    client,
    registry,
    logger,
    slots,
    observeSlots,
    observer: instruments.observer,
    secretsOf: createSecretResolvers({ settings: settings.secrets, environment: process.env, fingerprintKey }),
    now: dependencies.now ?? (() => new Date()),
    limits: limitsOf(settings),
  }
  const parts = { deps, running }
  const objects = [createTenantObject(parts), createOrphanScanObject(parts), createWorkerService(parts)]
  const endpoint = await serveEndpoint(buildEndpoint({ objects, identityKeys: target.identityKeys, logger }), {
    host: target.host,
    port: target.port,
    health: () => ({ status: 'ok', version: WORKER_VERSION, registered: isRegistered(), steps: running.count }),
    logs: createLogsHandler({ deps, token }),
    ...(instruments.registry === undefined ? {} : { metrics: instruments.registry }),
  }).catch(async (error: unknown) => {
    await registry.close()
    return closeServer(error)
  })
  const admin = connectEngine(target.adminUrl)
  const build = buildId(dependencies.build ?? WORKER_VERSION, deps.limits.callTimeoutMs, objects)
  const url = target.advertisedUrl ?? endpoint.url
  const registration = keepRegistered({ admin, uri: `${url}/${build}`, logger })
  isRegistered = registration.isCurrent
  const facts = { version: WORKER_VERSION, node_version: process.version, url, providers: registry.list() }
  const heartbeats = sendHeartbeats({
    client,
    facts: () => ({ ...facts, registered: isRegistered() }),
    now: deps.now,
    logger,
  })

  const close = async (): Promise<void> => {
    await heartbeats.stop()
    await registration.stop()
    endpoint.refuseNew()
    await running.drain(settings.worker.shutdown_grace_seconds * 1000)
    await endpoint.close()
    await Promise.all([admin.close(), server.close(), registry.close(), instruments.close()])
  }
  await Promise.race([registration.first, aborted(signal)]).catch(async (error: unknown) => {
    await close()
    throw error
  })
  heartbeats.beat()
  return { url: endpoint.url, installationId, isRegistered, close }
}

function fromSettings(settings: LandlordSettings, logger: Logger) {
  return (installation: string) => buildRegistry(settings.compute, { installation, logger })
}

function limitsOf({ reconcile, worker }: LandlordSettings): StepDependencies['limits'] {
  return { maxAttempts: reconcile.max_attempts, callTimeoutMs: worker.call_timeout_seconds * 1000 }
}

/** Whatever the engine learns at registration is part of it, because it asks only once per address. */
function buildId(version: string, callTimeoutMs: number, objects: readonly { readonly name: string }[]): string {
  const names = objects.map(({ name }) => name)
  const options = JSON.stringify([HANDLERS, handlerOptions(callTimeoutMs), OBSERVE_OPTIONS, names])
  return `${version}-${createHash('sha256').update(options).digest('hex').slice(0, 8)}`
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
