import {
  ApiError,
  ComputeStatusResponse,
  type ObserveRequest,
  OrphanScanReport,
  PlanAnswer,
  WorkerObservation,
  WorkerReport,
} from '@landlord/api-contract'
import fc from 'fast-check'
import type { TestServer } from '../start-test-server.ts'
import { arbitraryOf, type SchemaNode } from './schema-arbitrary.ts'

/** A worker that says anything which the protocol allows, about what it was really asked. */
export interface FuzzedWorker {
  /** Tells the server where logs are read. */
  announce(url: string): Promise<void>
  /** One thing that a worker does at a time of its own. Rejects when the server fails. */
  act(pick: number): Promise<void>
}

const SAMPLES = 300

export function startFuzzedWorker(test: TestServer, seed: number): FuzzedWorker {
  const samples = <Value>(schema: unknown): ((pick: number) => Value) => {
    const values = fc.sample(arbitraryOf(schema as SchemaNode), { numRuns: SAMPLES, seed }) as Value[]
    return (pick) => values[pick % values.length] as Value
  }
  const reportAt = samples<WorkerReport>(WorkerReport)
  const statusAt = samples<ComputeStatusResponse>(ComputeStatusResponse)
  const observationAt = samples<WorkerObservation>(WorkerObservation)
  const scanReportAt = samples<OrphanScanReport>(OrphanScanReport)
  const planAt = samples<PlanAnswer>(PlanAnswer)
  let plans = 0
  let seen = 0

  test.engine.onPlan = async (id) => {
    const { body: asked } = await test.worker.getPlanRequest({ params: { id } })
    const outcome = asked.adopts === undefined ? 'planned' : 'adoption_planned'
    // What is adopted looks the same each time, or no plan of it could be confirmed.
    plans += 1
    let next = asked.adopts?.length ?? plans
    let body = planAt(next)
    while (body.outcome !== outcome && (body.outcome !== 'failed' || asked.adopts !== undefined)) {
      next += 1
      body = planAt(next)
    }
    const isAdoption = body.outcome === 'adoption_planned'
    const answer = isAdoption ? { ...body, compute_config: {} } : body
    await test.worker.answerPlan({ params: { id }, body: answer })
  }

  async function report(id: string, pick: number): Promise<void> {
    const { body: desired } = await test.worker.getDesiredState({ params: { id } })
    if (desired.operation === undefined) return
    const about = { operation_id: desired.operation.id, generation: desired.generation }
    await test.worker.reportProgress({ params: { id }, body: { ...reportAt(pick), ...about } })
  }

  async function observe(id: string, slot: number, pick: number): Promise<void> {
    const { body: desired } = await test.worker.getDesiredState({ params: { id } })
    const about = { slot, generation: desired.generation, version: desired.version ?? 0 }
    await test.worker.reportObservation({ params: { id }, body: { ...observationAt(pick), ...about } })
  }

  /** What the server has asked of its workers since the last time. */
  async function answerSends(pick: number): Promise<void> {
    const sends = test.engine.sends.slice(seen)
    seen += sends.length
    for (const [index, { path, body }] of sends.entries()) {
      const [object, key = '', handler] = path.split('/').slice(-3)
      const asked = JSON.parse(body) as Partial<ObserveRequest & { scan_id: string }>
      if (object === 'Tenant' && handler === 'reconcile') await allowed(() => report(key, pick + index))
      if (object === 'Tenant' && handler === 'observe') await allowed(() => observe(key, asked.slot ?? 0, pick + index))
      if (object === 'OrphanScan' && asked.scan_id !== undefined) {
        const [id, answer] = [asked.scan_id, scanReportAt(pick + index)]
        await allowed(() => test.worker.reportOrphanScan({ params: { id }, body: answer }))
      }
    }
  }

  return {
    async announce(url) {
      const time = new Date().toISOString()
      const body = {
        version: '0',
        node_version: 'v24',
        url,
        providers: ['mock'],
        registered: true,
        started_at: time,
        time,
      }
      await test.worker.reportWorker({ params: { id: 'fuzzed' }, body })
    },
    async act(pick) {
      test.engine.liveStatus = { found: true, status: statusAt(pick) }
      if (pick % 20 === 0) await test.server.observeNow()
      if (pick % 3 === 0) await answerSends(pick)
    },
  }
}

/** What was asked may be over by now; a failure of the server is one. */
async function allowed(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!ApiError.isInstance(error) || error.status >= 500) throw error
  }
}
