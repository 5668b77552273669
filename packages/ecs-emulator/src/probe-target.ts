import { get } from 'node:http'
import { connect } from 'node:net'
import type { HealthCheckRecord, TargetRecord } from './load-balancing-records.ts'
import { hostOf } from './target-health.ts'

/** One health check in real time: does the target answer as the check wants it to? It never throws. */
export function probeTarget(target: TargetRecord, check: HealthCheckRecord): Promise<boolean> {
  const place = { host: hostOf(target), port: check.port === 'traffic-port' ? target.port : Number(check.port) }
  const timeout = check.timeoutSeconds * 1000
  const probe =
    check.protocol === 'HTTP'
      ? answers({ ...place, path: check.path ?? '/', timeout }, check.matcher ?? '200')
      : accepts({ ...place, timeout })
  // Node throws where it is asked for a path or port that cannot be.
  return probe.catch(() => false)
}

interface Place {
  readonly host: string
  readonly port: number
  readonly timeout: number
}

function answers(place: Place & { readonly path: string }, matcher: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ ...place, agent: false }, (response) => {
      response.resume()
      resolve(matches(response.statusCode ?? 0, matcher))
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(false))
    request.once('close', () => resolve(false))
  })
}

function accepts(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(place)
    const end = (accepted: boolean): void => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** `200`, `200,202` or `200-299` (documented). */
function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((part) => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return status >= from && status <= to
  })
}
