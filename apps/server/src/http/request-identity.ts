import type { IncomingHttpHeaders } from 'node:http'
import { v7 as uuidv7 } from 'uuid'

// What fits into a log line and a header without escaping.
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/
const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/

/** The client's `x-request-id` where it is sane, else one of ours. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : uuidv7()
}

/** The trace that the request belongs to, by its W3C `traceparent`; undefined when it has none. */
export function traceIdOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers.traceparent
  return typeof header === 'string' ? TRACE_PARENT.exec(header)?.[1] : undefined
}
