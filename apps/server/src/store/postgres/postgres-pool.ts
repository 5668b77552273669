import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, types } from 'pg'
import type { DatabaseLimits } from '../database-limits.ts'
import { StoreUnavailableError } from '../store-unavailable-error.ts'
import { mapPostgresError } from './map-postgres-error.ts'
import type { PostgresTarget } from './postgres-url.ts'

const INT8 = types.builtins.INT8
const NUMERIC = types.builtins.NUMERIC
const KEEP_ALIVE_AFTER_MS = 10_000
const IDLE_CONNECTION_MS = 60_000
/** The server should have given up by then: beyond it the connection is taken for dead. */
const NETWORK_MARGIN_MS = 5_000

/** For the pool, and for connections of their own. */
export function clientConfig({ connection }: PostgresTarget, limits: DatabaseLimits): ClientConfig {
  const statementTimeoutMs = limits.statementTimeoutSeconds * 1000
  return {
    ...connection,
    application_name: 'landlord',
    connectionTimeoutMillis: limits.connectTimeoutSeconds * 1000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + NETWORK_MARGIN_MS,
    lock_timeout: limits.lockTimeoutSeconds * 1000,
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    // Counts and sequences come as text otherwise; none of ours passes 2^53.
    types: {
      getTypeParser: (oid, format) => (oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format)),
    },
  }
}

/** The driver's pool, whose errors are the store's and whose broken connections never come back. */
export function openPostgresPool(target: PostgresTarget, limits: DatabaseLimits): PostgresPool {
  return guardedPool({ ...clientConfig(target, limits), max: limits.poolSize })
}

/** Of one connection, for what may take as long as it likes: only the server's own limits, which it can lift, end a statement. */
export function openPatientPostgresPool(target: PostgresTarget, limits: DatabaseLimits): PostgresPool {
  return guardedPool({ ...clientConfig(target, limits), query_timeout: 0, max: 1 })
}

function guardedPool(config: PoolConfig & { readonly max: number }): PostgresPool {
  const pool = new Pool({ ...config, idleTimeoutMillis: IDLE_CONNECTION_MS })
  // An idle connection that dies is replaced when one is needed; unheard, the event would end the process.
  pool.on('error', () => {})
  const guarded = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    options: { max: config.max },
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw mapPostgresError(error)
      })
      const known = guarded.get(client) ?? guard(client)
      guarded.set(client, known)
      return known
    },
  }
}

function guard(client: PoolClient): PostgresPoolClient {
  let isBroken = false
  let silence: StoreUnavailableError | undefined
  // Without a listener an error between two statements would end the process; the next statement tells of it.
  client.on('error', () => {
    isBroken = true
  })
  async function query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    // A rollback would wait as long again, and all who write with it.
    if (silence !== undefined) throw silence
    try {
      return (await client.query(sql, parameters.map(storable))) as unknown as PostgresQueryResult<Row>
    } catch (error) {
      const mapped = mapPostgresError(error)
      if (!(mapped instanceof StoreUnavailableError)) throw mapped
      isBroken = true
      // Where the server itself has answered, it hears of a rollback as well.
      if (!(error instanceof DatabaseError)) silence = mapped
      throw mapped
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy = false) => client.release(destroy || isBroken),
  }
}

// Text of PostgreSQL cannot hold this one character. No name or id has it; in the words of a provider nobody misses it.
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}
