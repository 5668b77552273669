import type { Emulator } from '../emulator.ts'
import type { XmlValue } from '../query-protocol.ts'

/** A service beside ECS that speaks the query protocol: a form in, XML out. */
export interface QueryNeighbour {
  /** The API version that its clients send, which tells the services apart. */
  readonly version: string
  /** `result`: answers and errors as STS and load balancing nest them. `flat`: as EC2 does. */
  readonly style: 'result' | 'flat'
  /** What is not listed is refused by name. */
  readonly operations: Readonly<Record<string, (parameters: URLSearchParams, emulator: Emulator) => XmlValue>>
  /** Operations that change nothing need no saving; default: none of them changes anything. */
  readonly writes?: ReadonlySet<string>
}

/** What an operation of a query neighbour answers instead of a result. */
export class QueryError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = 'QueryError'
    this.code = code
    this.status = status
  }
}
