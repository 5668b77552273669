import { WORKER_PROTOCOL_HEADER, workerRoutes } from '@landlord/api-contract'
import type { FastifyInstance } from 'fastify'
import { HEARTBEAT_SECONDS } from '../diagnosis/check-workers.ts'
import { applyObservation } from '../drift/apply-observation.ts'
import { describeBrake } from '../drift/brake.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { type Handlers, registerRoutes } from '../http/register-routes.ts'
import { observeEnd } from '../metrics/observe-end.ts'
import { applyScanReport } from '../orphans/apply-scan-report.ts'
import type { ServerDeps } from '../server-deps.ts'
import { findPlanRequest, saveAnswer } from '../store/plan-store.ts'
import { saveWorker } from '../store/worker-store.ts'
import { afterCommit } from '../tenants/after-commit.ts'
import { applyReport } from '../tenants/apply-report.ts'
import { forWorker } from '../tenants/for-worker.ts'
import { readDesiredState } from '../tenants/to-desired-state.ts'

/** What workers call: with a token of their own, and not part of the public document. */
export function registerWorkerApi(app: FastifyInstance, deps: ServerDeps): void {
  registerRoutes(app, workerRoutes, handlers(deps), { hidden: true })
}

function handlers(deps: ServerDeps): Handlers<typeof workerRoutes> {
  return {
    async getInstallation() {
      return {
        status: 200,
        body: { installation_id: deps.store.installationId, fingerprint_key: deps.store.fingerprintKey },
      }
    },
    async reportWorker({ params, body }) {
      const at = deps.now()
      const { providers, registered, time, ...facts } = body
      await saveWorker(deps.store.db, {
        ...facts,
        id: params.id,
        providers: JSON.stringify(providers),
        registered: registered ? 1 : 0,
        clock_skew_ms: Date.parse(time) - at.getTime(),
        seen_at: at.toISOString(),
      })
      return { status: 200, body: { next_in_seconds: HEARTBEAT_SECONDS } }
    },
    async getDesiredState({ params, headers }) {
      const desired = await readDesiredState(deps, params.id)
      if (desired !== undefined) return { status: 200, body: forWorker(desired, protocolOf(headers)) }
      throw new HttpProblem({ code: 'not_found', detail: `there is no tenant ${JSON.stringify(params.id)}` })
    },
    async reportProgress({ params, headers, body }) {
      const told = { report: body, protocol: protocolOf(headers) }
      const applied = await deps.store.transaction((tx) => applyReport(tx, deps, params.id, told))
      const { accepted, changed, started, finished } = applied
      if (changed) deps.signals.notify(params.id)
      if (started !== undefined) deps.metrics?.observeStart(started)
      if (finished !== undefined) observeEnd(deps, finished)
      return { status: 200, body: { accepted } }
    },
    async reportOrphanScan({ params, body }) {
      const accepted = await deps.store.transaction((tx) => applyScanReport(tx, deps, params.id, body))
      return { status: 200, body: { accepted } }
    },
    async getPlanRequest({ params }) {
      const request = await findPlanRequest(deps.store.db, params.id)
      if (request !== undefined) return { status: 200, body: request }
      throw new HttpProblem({ code: 'not_found', detail: 'nobody waits for this plan any more' })
    },
    async answerPlan({ params, body }) {
      const accepted = await deps.store.transaction((tx) => saveAnswer(tx, params.id, body))
      return { status: 200, body: { accepted } }
    },
    async reportObservation({ params, body }) {
      const applied = await deps.store.transaction((tx) => applyObservation(tx, deps, params.id, body))
      const { accepted, changed, outcome, healing, brake } = applied
      deps.metrics?.countObservation(outcome)
      if (brake !== undefined) deps.logger.error({ ...brake }, describeBrake(brake))
      if (healing !== undefined) {
        deps.metrics?.countHeal()
        await afterCommit(deps, healing)
      } else if (changed) deps.signals.notify(params.id)
      return { status: 200, body: { accepted } }
    },
  }
}

function protocolOf(headers: { readonly [WORKER_PROTOCOL_HEADER]?: number }): number {
  return headers[WORKER_PROTOCOL_HEADER] ?? 1
}
