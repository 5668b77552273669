import type { Readable } from 'node:stream'
import { addAbortSignal } from 'node:stream'
import { CancelledError, type Logger, TimeoutError, throwIfAborted, UnavailableError } from '@landlord/compute-core'
import Docker from 'dockerode'
import pLimit, { type LimitFunction } from 'p-limit'
import { connectionOptions, type EngineConnection } from './connection-options.ts'
import type { ConnectionSettings } from './docker-settings.ts'
import { mapDockerError } from './map-docker-error.ts'

// Starting containers is bound by the engine's processors: beyond 8 at once the throughput stays and the latency grows.
const MAX_CONCURRENT_REQUESTS = 8
const MAX_CONCURRENT_PULLS = 3
const REQUEST_TIMEOUT_MS = 30_000
const OLDEST_API = [1, 40] as const
/** The newest API whose behaviour is known; a newer engine is asked in this dialect as long as it still speaks it. */
const NEWEST_API = [1, 51] as const

export interface EngineRequest {
  /** What a person would say is being done, e.g. `start container landlord-acme`. */
  readonly action: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Without the version prefix and the query. */
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: object
  readonly registryAuth?: RegistryAuth
  readonly signal: AbortSignal
  /** Default 30 s. For a stream: until its headers arrive. */
  readonly timeoutMs?: number
  /** Statuses that count as success besides 2xx. */
  readonly accept?: readonly number[]
  /** Not counted against the limit on concurrent requests: for what waits instead of working. */
  readonly unqueued?: boolean
}

export interface RegistryAuth {
  readonly username: string
  readonly password: string
  readonly serveraddress?: string
}

/** What docker-modem needs to know of one request. */
interface DialOptions {
  readonly path: string
  readonly method: string
  readonly options: { readonly _query: object; readonly _body: object }
  readonly authconfig: RegistryAuth | undefined
  readonly abortSignal: AbortSignal
  readonly isStream: boolean
  readonly statusCodes: Readonly<Record<number, true>>
}

/** The part of dockerode that is used. */
export interface DockerHandle {
  readonly modem: { dial(options: DialOptions, callback: (error: unknown, data: unknown) => void): void }
}

interface Session {
  readonly connection: EngineConnection
  readonly docker: DockerHandle
  readonly prefix: string
  readonly apiVersion: readonly [number, number]
  /** The engine's clock minus ours. */
  readonly clockOffsetMs: number
}

export interface DockerClientOptions {
  readonly settings: ConnectionSettings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly docker?: DockerHandle
  readonly logger: Logger
  readonly now: () => Date
}

/**
 * One engine. Every request goes through `request` or `stream`, so that each has a time limit that fires, ends within the
 * caller's abort, and never puts a body's content (environment variables) into the address, as dockerode's own methods do.
 */
export class DockerClient {
  readonly #options: DockerClientOptions
  readonly #limit = pLimit(MAX_CONCURRENT_REQUESTS)
  readonly #pulls = pLimit(MAX_CONCURRENT_PULLS)
  readonly #lanes = new Map<string, LimitFunction>()
  #session: Promise<Session> | undefined

  constructor(options: DockerClientOptions) {
    this.#options = options
  }

  /** The engine's JSON answer. Rejects with a `ComputeError`. */
  async request<Result>(request: EngineRequest): Promise<Result> {
    const session = await this.session(request.signal)
    const run = () => this.#dial<Result>(session, request, false)
    return request.unqueued === true ? await run() : await abortable(request, this.#limit(run))
  }

  /** The engine's answer as it comes. Aborting the signal destroys it. */
  async stream(request: EngineRequest): Promise<Readable> {
    const session = await this.session(request.signal)
    const answer = await this.#dial<Readable>(session, request, true)
    return addAbortSignal(request.signal, answer)
  }

  /** Connects on first use: finds the engine, its version and its clock. A failure is not remembered. */
  async session(signal: AbortSignal): Promise<Session> {
    throwIfAborted(signal)
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = undefined
      throw error
    })
    return await abortable({ action: 'connect to the Docker Engine', signal }, this.#session)
  }

  /** Runs a pull, few at a time: each fills the link and the disk. */
  async pull<Result>(signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    return await abortable({ action: 'pull an image', signal }, this.#pulls(run))
  }

  /** Runs work of the same key one after another within this process. */
  async serialise<Result>(key: string, signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(key) ?? pLimit(1)
    this.#lanes.set(key, lane)
    try {
      return await abortable({ action: `wait for ${key}`, signal }, lane(run))
    } finally {
      if (lane.activeCount + lane.pendingCount === 0) this.#lanes.delete(key)
    }
  }

  close(): void {
    this.#limit.clearQueue()
  }

  async #connect(): Promise<Session> {
    const { settings, environment, now, logger } = this.#options
    const connection = connectionOptions(settings, environment)
    const docker: DockerHandle = this.#options.docker ?? new Docker(connection.options)
    const signal = new AbortController().signal
    const bare = { connection, docker, prefix: '', apiVersion: OLDEST_API, clockOffsetMs: 0 }
    const read = <Result>(path: string) =>
      this.#dial<Result>(bare, { action: 'connect to the Docker Engine', method: 'GET', path, signal }, false)
    const version = await read<{ ApiVersion: string; MinAPIVersion?: string; Version: string }>('/version')
    const asked = now().getTime()
    const info = await read<{ SystemTime?: string }>('/info')
    const clockOffsetMs = info.SystemTime === undefined ? 0 : Date.parse(info.SystemTime) - asked
    const apiVersion = negotiate(version)
    logger.debug({ engine: version.Version, api: apiVersion.join('.') }, 'connected to the Docker Engine')
    return { connection, docker, prefix: `/v${apiVersion.join('.')}`, apiVersion, clockOffsetMs }
  }

  #dial<Result>(session: Session, request: EngineRequest, isStream: boolean): Promise<Result> {
    throwIfAborted(request.signal)
    const timeoutMs = request.timeoutMs ?? REQUEST_TIMEOUT_MS
    const timeout = new AbortController()
    // Once the headers of a stream are there its own signal decides; a request's timer covers its body too.
    const timer = setTimeout(() => timeout.abort(), timeoutMs)
    const abortSignal = AbortSignal.any([request.signal, timeout.signal])
    const answer = new Promise<Result>((resolve, reject) => {
      const failed = () => reject(request.signal.aborted ? cancelled(request) : timedOut(request, timeoutMs))
      abortSignal.addEventListener('abort', failed, { once: true })
      session.docker.modem.dial(
        {
          path: `${session.prefix}${request.path}?`,
          method: request.method,
          options: { _query: request.query ?? {}, _body: request.body ?? {} },
          authconfig: request.registryAuth,
          abortSignal,
          isStream,
          statusCodes: acceptedStatuses(request.accept),
        },
        (error, data) => {
          if (error === null || error === undefined) resolve(data as Result)
          else if (abortSignal.aborted) failed()
          else reject(mapDockerError(error, { action: request.action }))
        },
      )
    })
    return answer.finally(() => clearTimeout(timer))
  }
}

function acceptedStatuses(extra: readonly number[] = []): Record<number, true> {
  return Object.fromEntries([200, 201, 202, 204, ...extra].map((status) => [status, true])) as Record<number, true>
}

function negotiate(version: { ApiVersion: string; MinAPIVersion?: string }): readonly [number, number] {
  const offered = parseVersion(version.ApiVersion)
  const minimum = parseVersion(version.MinAPIVersion ?? '1.0')
  const chosen = compare(offered, NEWEST_API) < 0 ? offered : compare(minimum, NEWEST_API) > 0 ? minimum : NEWEST_API
  if (compare(chosen, OLDEST_API) < 0) {
    throw new UnavailableError({
      message: `the Docker Engine speaks API ${version.ApiVersion}, at least ${OLDEST_API.join('.')} (Engine 19.03) is needed; upgrade the engine`,
      details: { api_version: version.ApiVersion },
    })
  }
  return chosen
}

function parseVersion(text: string): readonly [number, number] {
  const [major = 0, minor = 0] = text.split('.').map(Number)
  return [major, minor]
}

function compare(left: readonly [number, number], right: readonly [number, number]): number {
  return left[0] - right[0] || left[1] - right[1]
}

/** Settles on abort even while `work` is queued or shared with other callers. */
function abortable<Result>(call: { action: string; signal: AbortSignal }, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled(call))
    call.signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => call.signal.removeEventListener('abort', stop))
  })
}

function cancelled(call: { action: string; signal: AbortSignal }): CancelledError {
  return new CancelledError({ message: `cancelled: ${call.action}`, cause: call.signal.reason })
}

function timedOut(request: EngineRequest, timeoutMs: number): TimeoutError {
  return new TimeoutError({
    message: `the Docker Engine did not answer within ${timeoutMs / 1000} s: ${request.action}; check its load with "docker info" on its host`,
    details: { action: request.action },
  })
}
