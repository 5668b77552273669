import { badRequest } from '../errors/docker-error.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import type { LogRange } from './log-stream-reader.ts'

export interface LogQuery {
  readonly follow: boolean
  readonly timestamps: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tail?: number
  readonly range: LogRange
}

/** Throws 400 in Docker's words where there are any. */
export function readLogQuery(query: Query): LogQuery {
  const [stdout, stderr] = [isTrue(query.stdout), isTrue(query.stderr)]
  if (!stdout && !stderr) throw badRequest('Bad parameters: you must choose at least one stream')
  const [from, to] = [readTime('since', query.since), readTime('until', query.until)]
  const tail = readTail(query.tail)
  return {
    follow: isTrue(query.follow),
    timestamps: isTrue(query.timestamps),
    stdout,
    stderr,
    ...(tail === undefined ? {} : { tail }),
    range: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
  }
}

/** `all`, nothing, or something below 0 is everything. */
function readTail(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === 'all') return undefined
  if (!/^-?\d+$/.test(text)) throw badRequest(`invalid tail: ${JSON.stringify(text)} is neither a number nor all`)
  return Number(text) < 0 ? undefined : Number(text)
}

/** Seconds since the epoch with up to nine decimals, or a date, as milliseconds; 0 is no bound. */
export function readTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === '0') return undefined
  const milliseconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(milliseconds))
    throw badRequest(`invalid ${name}: ${JSON.stringify(text)} is neither seconds since 1970 nor a date`)
  return Math.ceil(milliseconds)
}

/** The same in microseconds, as exactly as the text says. */
export function readMicroseconds(name: string, text: string | undefined): number | undefined {
  const milliseconds = readTime(name, text)
  if (milliseconds === undefined || !/^-?\d+\.\d+$/.test(text ?? '')) {
    return milliseconds === undefined ? undefined : milliseconds * 1_000
  }
  return Math.round(Number(text) * 1_000_000)
}
