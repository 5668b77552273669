import type { ObserveRequest, Tenant, WorkerObservation } from '@landlord/api-contract'
import type { TestServer } from './start-test-server.ts'

/** What a worker would see of a tenant. */
export type Sight =
  | Partial<Omit<Extract<WorkerObservation, { outcome: 'seen' }>, 'slot' | 'generation' | 'version' | 'outcome'>>
  | 'missing'
  | 'unknown'
  | 'silent'

/** Answers what a server asks its workers to look at, from what a test says is there. */
export interface ObservedFleet {
  /** By tenant id; a tenant that is not named is well. */
  readonly sights: Map<string, Sight>
  /** Overrides what is said of every tenant but `loud`. */
  everywhere: Sight | undefined
  loud: readonly Pick<Tenant, 'id'>[]
  /** Begins a turn and answers every question so far; returns the names that were looked at. */
  turn(): Promise<string[]>
  /** As a worker would: ends every operation that is open. Returns how many. */
  settleAll(): Promise<number>
}

export function observedFleet(test: TestServer, tenants: readonly Tenant[]): ObservedFleet {
  const nameOf = new Map(tenants.map(({ id, name }) => [id, name]))
  let answered = 0
  const fleet: ObservedFleet = {
    sights: new Map(),
    everywhere: undefined,
    loud: [],
    async turn() {
      await test.server.observeNow()
      const looks = test.engine.sends.filter(({ path }) => path.endsWith('/observe'))
      const names: string[] = []
      const isRefusing = test.engine.sendStatus >= 300
      for (const { path, body } of looks.slice(isRefusing ? looks.length : answered)) {
        const id = path.split('/').at(-2) ?? ''
        await answer(id, JSON.parse(body) as ObserveRequest)
        names.push(nameOf.get(id) ?? id)
      }
      answered = looks.length
      return names.sort()
    },
    async settleAll() {
      const { body } = await test.client.listTenants({ query: { status: 'updating', limit: 500 } })
      for (const tenant of body.tenants) {
        await test.settle(tenant)
        fleet.sights.delete(tenant.id)
      }
      return body.tenants.length
    },
  }
  return fleet

  async function answer(id: string, { slot }: ObserveRequest): Promise<void> {
    const isLoud = fleet.loud.some((tenant) => tenant.id === id)
    const sight = (isLoud ? undefined : fleet.everywhere) ?? fleet.sights.get(id) ?? {}
    if (sight === 'silent') return
    const { body: desired } = await test.worker.getDesiredState({ params: { id } })
    const fields = { slot, generation: desired.generation, version: desired.version ?? 0 }
    await test.worker.reportObservation({ params: { id }, body: toObservation(fields, sight) })
  }
}

function toObservation(
  fields: Pick<WorkerObservation, 'slot' | 'generation' | 'version'>,
  sight: Exclude<Sight, 'silent'>,
): WorkerObservation {
  if (sight === 'missing') return { ...fields, outcome: 'missing', message: 'nothing carries its marks' }
  if (sight === 'unknown') {
    const error = { code: 'unavailable', message: 'no answer', retryable: true, instance_usable: false }
    return { ...fields, outcome: 'unknown', error }
  }
  return {
    ...fields,
    outcome: 'seen',
    state: 'running',
    health: 'healthy',
    settled: true,
    changes: [],
    endpoints: [],
    ...sight,
  }
}
