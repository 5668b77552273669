import { type EngineListeners, NODE_NAME } from './engine-listeners.ts'

/**
 * The engine's settings when it runs inside Landlord, measured on a machine with two cores: ready in half a second, 160 MiB at
 * rest, at most 640 MiB under load. Its defaults listen everywhere without authentication and grow to a gigabyte.
 */
const PROFILE: Readonly<Record<string, string>> = {
  NODE_NAME,
  DEFAULT_NUM_PARTITIONS: '4',
  ROCKSDB_TOTAL_MEMORY_SIZE: '256MiB',
  DEFAULT_THREAD_POOL_SIZE: '2',
  BIFROST__RECORD_CACHE_MEMORY_SIZE: '16MiB',
  WORKER__INVOKER__MEMORY_LIMIT: '128MiB',
  // Per partition.
  WORKER__INVOKER__CONCURRENT_INVOCATIONS_LIMIT: '256',
  ADMIN__QUERY_ENGINE__MEMORY_SIZE: '64MiB',
  ADMIN__DISABLE_WEB_UI: 'true',
  DISABLE_TELEMETRY: 'true',
  // The check for a newer release cannot be switched off; this keeps its complaint out of the log.
  LOG_FILTER: 'warn,octocrab=off',
  LOG_FORMAT: 'json',
  // A paused invocation would keep its tenant locked.
  DEFAULT_RETRY_POLICY__MAX_ATTEMPTS: 'unlimited',
  DEFAULT_RETRY_POLICY__MAX_INTERVAL: '15s',
  DEFAULT_JOURNAL_RETENTION: '1h',
  DEFAULT_IDEMPOTENCY_RETENTION: '1h',
  WORKER__CLEANUP_INTERVAL: '10m',
}

/** The whole environment of the engine: nothing of the parent's, whose proxies and `RESTATE_…` variables would change it. */
export function embeddedEnvironment(listeners: EngineListeners, identityKeyFile: string): Record<string, string> {
  const settings = {
    ...PROFILE,
    ...listenerSettings(listeners),
    WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE: identityKeyFile,
  }
  return {
    DO_NOT_TRACK: '1',
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`RESTATE_${name}`, value])),
  }
}

function listenerSettings(listeners: EngineListeners): Record<string, string> {
  if (listeners.mode === 'unix') return { LISTEN_MODE: 'unix' }
  const { ingress, admin, fabric } = listeners.ports
  return {
    LISTEN_MODE: 'tcp',
    BIND_IP: '127.0.0.1',
    ADVERTISED_HOST: '127.0.0.1',
    BIND_PORT: String(fabric),
    INGRESS__BIND_PORT: String(ingress),
    ADMIN__BIND_PORT: String(admin),
  }
}
