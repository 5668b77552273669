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
export interface DialOptions {
  readonly path: string
  readonly method: string
  readonly options: { readonly _query: object; readonly _body: object }
  readonly authconfig: RegistryAuth | undefined
  readonly abortSignal: AbortSignal
  readonly isStream: boolean
  readonly statusCodes: Readonly<Record<number, true>>
}

/** Environment variables are in the body alone: dockerode's own methods put them into the address too. */
export function toDialOptions(
  prefix: string,
  request: EngineRequest,
  how: { readonly abortSignal: AbortSignal; readonly isStream: boolean },
): DialOptions {
  return {
    path: `${prefix}${request.path}?`,
    method: request.method,
    options: { _query: request.query ?? {}, _body: request.body ?? {} },
    authconfig: request.registryAuth,
    statusCodes: acceptedStatuses(request.accept),
    ...how,
  }
}

function acceptedStatuses(extra: readonly number[] = []): Record<number, true> {
  return Object.fromEntries([200, 201, 202, 204, ...extra].map((status) => [status, true])) as Record<number, true>
}
