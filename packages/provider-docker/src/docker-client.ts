import type { Readable } from 'node:stream'
import { addAbortSignal } from 'node:stream'
import { CancelledError, type ComputeError, type Logger, TimeoutError, throwIfAborted } from '@landlord/compute-core'
import Docker from 'dockerode'
import pLimit, { type LimitFunction } from 'p-limit'
import { connectionOptions, type EngineConnection } from './connection-options.ts'
import type { ConnectionSettings } from './docker-settings.ts'
import { type DialOptions, type EngineRequest, toDialOptions } from './engine-request.ts'
import { mapDockerError, reasonOf, VERSION_CHANGED } from './map-docker-error.ts'
import { type ApiVersion, negotiateApiVersion } from './negotiate-api-version.ts'

// Starting containers is bound by the engine's processors: beyond 8 at once the throughput stays and the latency grows.
const MAX_CONCURRENT_REQUESTS = 8
const MAX_CONCURRENT_PULLS = 3
const CLOSE_WAIT_MS = 2_000
const REQUEST_TIMEOUT_MS = 30_000

/** The part of dockerode that is used. */
export interface DockerHandle {
  readonly modem: {
    /** Set when its owner has fixed a version. */
    readonly version?: string | undefined
    dial(options: DialOptions, callback: (error: unknown, data: unknown) => void): void
  }
}

interface Session {
  readonly connection: EngineConnection
  readonly docker: DockerHandle
  readonly prefix: string
  readonly apiVersion: ApiVersion
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
  readonly #abandonedWrites = new Set<Promise<unknown>>()
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

  /**
   * Waits for writes whose callers were cancelled while the engine was at it: the engine carries them out all the same, and who
   * looks for what is there must not look before.
   */
  async settleAbandonedWrites(signal: AbortSignal): Promise<void> {
    const settled = Promise.allSettled(this.#abandonedWrites)
    await abortable({ action: 'wait for cancelled requests to end', signal }, settled)
  }

  /** Gives cancelled writes a moment to end, so that what they make can be found right after. */
  async close(): Promise<void> {
    this.#limit.clearQueue()
    const moment = new AbortController()
    const timer = setTimeout(() => moment.abort(), CLOSE_WAIT_MS)
    await this.settleAbandonedWrites(moment.signal).catch(() => undefined)
    clearTimeout(timer)
  }

  async #connect(): Promise<Session> {
    const { settings, environment, now, logger } = this.#options
    const connection = connectionOptions(settings, environment)
    const docker: DockerHandle = this.#options.docker ?? new Docker(connection.options)
    const signal = new AbortController().signal
    const bare = { connection, docker, prefix: '', apiVersion: [0, 0] as const, clockOffsetMs: 0 }
    const read = <Result>(path: string) =>
      this.#dial<Result>(bare, { action: 'connect to the Docker Engine', method: 'GET', path, signal }, false)
    const version = await read<{ ApiVersion: string; MinAPIVersion?: string; Version: string }>('/version')
    const asked = now().getTime()
    const info = await read<{ SystemTime?: string }>('/info')
    const clockOffsetMs = info.SystemTime === undefined ? 0 : Date.parse(info.SystemTime) - asked
    const apiVersion = negotiateApiVersion(version)
    // dockerode puts a version that its owner has fixed before every path by itself.
    const prefix = docker.modem.version === undefined ? `/v${apiVersion.join('.')}` : ''
    logger.debug({ engine: version.Version, api: apiVersion.join('.') }, 'connected to the Docker Engine')
    return { connection, docker, prefix, apiVersion, clockOffsetMs }
  }

  #dial<Result>(session: Session, request: EngineRequest, isStream: boolean): Promise<Result> {
    throwIfAborted(request.signal)
    const { signal, timeoutMs = REQUEST_TIMEOUT_MS } = request
    const timeout = new AbortController()
    // Once the headers of a stream are there its own signal decides; a request's timer covers its body too.
    const timer = setTimeout(() => timeout.abort(), timeoutMs)
    // Hanging up on a write does not stop the engine: it is left to end, so that its end can be waited for.
    const isWrite = request.method !== 'GET' && !isStream && request.unqueued !== true
    const abortSignal = isWrite ? timeout.signal : AbortSignal.any([signal, timeout.signal])
    const answer = new Promise<Result>((resolve, reject) => {
      const expire = () => reject(signal.aborted ? cancelled(request) : timedOut(request, timeoutMs))
      abortSignal.addEventListener('abort', expire, { once: true })
      const dialled = toDialOptions(session.prefix, request, { abortSignal, isStream })
      session.docker.modem.dial(dialled, (error, data) => {
        if (error === null || error === undefined) resolve(data as Result)
        else if (abortSignal.aborted) expire()
        else reject(this.#failure(error, request.action))
      })
    }).finally(() => clearTimeout(timer))
    return isWrite ? this.#abandonOnAbort(request, answer) : answer
  }

  #failure(error: unknown, action: string): ComputeError {
    const failure = mapDockerError(error, { action })
    // An upgraded or downgraded engine: the next call connects anew.
    if (reasonOf(failure) === VERSION_CHANGED) this.#session = undefined
    return failure
  }

  #abandonOnAbort<Result>(request: EngineRequest, answer: Promise<Result>): Promise<Result> {
    const abandon = () => this.#abandonedWrites.add(answer)
    request.signal.addEventListener('abort', abandon, { once: true })
    const forget = () => {
      request.signal.removeEventListener('abort', abandon)
      this.#abandonedWrites.delete(answer)
    }
    answer.then(forget, forget)
    return abortable(request, answer)
  }
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
