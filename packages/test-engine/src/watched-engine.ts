import type { TestEngine } from './find-engine.ts'

export interface DialledRequest {
  readonly method: string
  readonly path: string
  readonly query: object
}

/** What docker-modem is told of one request. */
interface DialOptions {
  readonly method: string
  readonly path: string
  readonly options: { readonly _query: object }
}

type DialCallback = (error: unknown, data: unknown) => void

/** Stands where a dockerode instance is expected. */
export interface WatchedEngine {
  readonly modem: { dial(options: DialOptions, callback: DialCallback): void }
  readonly requests: readonly DialledRequest[]
  /** Those of the requests that are more than a look. */
  writes(): DialledRequest[]
}

/** The engine with every request noted; with `dieAfterWrite`, the process "dies" once the engine has carried out that write. */
export function watchedEngine(
  engine: TestEngine,
  dieAfterWrite?: { readonly number: number; readonly die: () => void },
): WatchedEngine {
  const requests: DialledRequest[] = []
  const writes = () => requests.filter(({ method }) => method !== 'GET')
  return {
    requests,
    writes,
    modem: {
      dial(options, callback) {
        const { method, path, options: parts } = options
        requests.push({ method, path, query: parts._query })
        const last = dieAfterWrite !== undefined && method !== 'GET' && writes().length === dieAfterWrite.number
        const modem: WatchedEngine['modem'] = engine.docker.modem
        modem.dial(options, (error, data) => {
          if (last) dieAfterWrite.die()
          callback(last ? new Error('the process is dead') : error, data)
        })
      },
    },
  }
}
