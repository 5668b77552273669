import type { IncomingHttpHeaders } from 'node:http'
import { v7 as uuidv7 } from 'uuid'

// What fits into a log line and a header without escaping.
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/

/** The client's `x-request-id` where it is sane, else one of ours. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : uuidv7()
}
