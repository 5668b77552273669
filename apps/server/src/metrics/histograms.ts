import { Counter, Histogram, type Registry } from 'prom-client'
import { boundLabel } from './bound-label.ts'
import type { Metrics } from './metrics.ts'

const REQUEST_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From a container on this machine to a service that pulls a large image and moves behind a load balancer. */
const OPERATION_BUCKETS_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600]
/** Milliseconds while all is well; a worker that was away shows in the long ones. */
const WAIT_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800]

/** Durations; their counts are what happened. */
export function createHistograms(
  registers: Registry[],
): Pick<Metrics, 'observeRequest' | 'observeStart' | 'observeEnd'> {
  const requests = new Histogram({
    name: 'landlord_http_request_duration_seconds',
    help: 'Duration of HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers,
  })
  const waits = new Histogram({
    name: 'landlord_operation_wait_seconds',
    help: 'From the acceptance of an operation to the first report of a worker.',
    labelNames: ['provider', 'kind'],
    buckets: WAIT_BUCKETS_SECONDS,
    registers,
  })
  const operations = new Histogram({
    name: 'landlord_operation_duration_seconds',
    help: 'From the acceptance of an operation to its end.',
    labelNames: ['provider', 'kind', 'outcome'],
    buckets: OPERATION_BUCKETS_SECONDS,
    registers,
  })
  const failures = new Counter({
    name: 'landlord_operation_failures_total',
    help: 'Operations that failed, by the code of their error.',
    labelNames: ['provider', 'kind', 'code'],
    registers,
  })
  const codeLabel = boundLabel()
  return {
    observeRequest: ({ method, route, status }, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    observeStart: ({ provider, kind, waitedSeconds }) => waits.observe({ provider, kind }, waitedSeconds),
    observeEnd: ({ provider, kind, outcome, code, createdAt, finishedAt }) => {
      operations.observe({ provider, kind, outcome }, (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000)
      if (code !== undefined) failures.inc({ provider, kind, code: codeLabel(code) })
    },
  }
}
