import type { Failure } from '@landlord/api-contract'
import type { ComputeStatus } from '@landlord/compute-core'
import { type Cursor, recovered, type Work } from './cursor.ts'
import { FAILURE_CODES } from './failure-codes.ts'
import { type ErrorContext, fail, millisecondsLeft } from './interpret-error.ts'
import { lookDelayMs } from './retry-delay.ts'
import { toEndpoint } from './to-compute-status-response.ts'
import type { Verdict } from './verdict.ts'

/** The server's sweep takes silence for a lost worker; this is well below its threshold. */
const HEARTBEAT_MS = 10_000

/** A target may show the state from before a change for a while. So many looks take 20 s; what is still so then stays so. */
const LAGGING_LOOKS = 10

/** Pure. What a status read after a change means for the operation. */
export function settle(context: ErrorContext, status: ComputeStatus): Verdict {
  const { work, cursor } = context
  switch (judge(status, work.suspended === true)) {
    case 'good':
      return succeed(work, status)
    case 'bad':
      return fail(work, failureOf(work, status), false)
    case 'contrary':
      return cursor.looks < LAGGING_LOOKS ? wait(context, status) : fail(work, contraryFailure(status), false)
    case 'moving':
      return wait(context, status)
  }
}

/** Whether something of the tenant's answers now, whatever else went wrong. */
export function isServing(status: ComputeStatus): boolean {
  return status.instanceUsable ?? (status.state === 'running' || status.endpoints.length > 0)
}

/** `contrary`: settled on the opposite of what was asked for. */
function judge(status: ComputeStatus, suspended: boolean): 'good' | 'bad' | 'contrary' | 'moving' {
  if (!status.settled) return 'moving'
  switch (status.state) {
    case 'running':
      if (suspended) return 'contrary'
      if (status.health === 'unhealthy') return 'bad'
      return status.health === 'healthy' || status.health === 'none' ? 'good' : 'moving'
    case 'stopped':
      if (suspended) return 'good'
      // A provider that gives a reason tells of one that stopped by itself.
      if (status.reason !== undefined) return 'bad'
      return status.idle === undefined ? 'contrary' : 'good'
    case 'failed':
      return 'bad'
    default:
      // "Settled" and on its way, or unknown: not to be believed; the deadline ends it.
      return 'moving'
  }
}

function succeed(work: Work, status: ComputeStatus): Verdict {
  const { resourceIds, observedConfig, message } = status
  return {
    next: 'succeed',
    report: {
      operation_id: work.operation.id,
      generation: work.generation,
      outcome: 'succeeded',
      ...(status.state === 'running' || status.state === 'stopped' ? { state: status.state } : {}),
      ...(Object.keys(resourceIds).length === 0 ? {} : { resource_ids: resourceIds }),
      endpoints: status.endpoints.map(toEndpoint),
      ...(observedConfig === undefined ? {} : { observed_config: observedConfig }),
      ...(message === undefined ? {} : { message }),
    },
  }
}

function failureOf(work: Work, status: ComputeStatus): Failure {
  const isUnhealthy = status.state === 'running'
  const verb = work.operation.kind === 'provision' ? 'provision' : 'update'
  return {
    code: status.reason ?? (isUnhealthy ? FAILURE_CODES.unhealthy : `${verb}_failed`),
    message: status.message ?? (isUnhealthy ? 'it runs, and its health check fails' : `it settled as ${status.state}`),
    retryable: false,
    instance_usable: isServing(status),
  }
}

function contraryFailure(status: ComputeStatus): Failure {
  const isStopped = status.state === 'stopped'
  const what = isStopped ? 'it is stopped, and should run' : 'it still runs, and should be suspended'
  return {
    code: isStopped ? FAILURE_CODES.stopped : FAILURE_CODES.stillRunning,
    message: status.message === undefined ? what : `${what}: ${status.message}`,
    retryable: true,
    instance_usable: isServing(status),
  }
}

function wait({ work, cursor, now }: ErrorContext, status: ComputeStatus): Verdict {
  const message = status.message ?? status.state
  const isNews = message !== cursor.message || now.getTime() - cursor.reportedAt >= HEARTBEAT_MS
  const next: Cursor = { ...recovered(cursor), phase: 'watch', looks: cursor.looks + 1 }
  const delayMs = Math.min(lookDelayMs(cursor.looks), millisecondsLeft(work, now))
  if (!isNews) return { next: 'wait', cursor: next, delayMs }
  return {
    next: 'wait',
    cursor: { ...next, message, reportedAt: now.getTime() },
    delayMs,
    report: {
      operation_id: work.operation.id,
      generation: work.generation,
      outcome: 'in_progress',
      attempts: cursor.attempts,
      ...(Object.keys(status.resourceIds).length === 0 ? {} : { resource_ids: status.resourceIds }),
      message,
    },
  }
}
