import type { DesiredState, WorkerClient, WorkerObservation } from '@landlord/api-contract'
import { ApiError } from '@landlord/api-contract'
import { ProviderRegistry, silentLogger } from '@landlord/compute-core'
import { createMockProvider, createMockWorld, type MockWorld } from '@landlord/provider-mock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProviderSlots } from '../step/provider-slots.ts'
import { silentObserver } from '../step/step-observer.ts'
import { specOf } from '../step/tenant-call.ts'
import { type ObserveDependencies, observeTenant } from './observe-tenant.ts'

const signal = new AbortController().signal

let world: MockWorld
beforeEach(() => {
  world = createMockWorld()
})
afterEach(() => world.close())

const desiredState = (over: Partial<DesiredState> = {}): DesiredState => ({
  tenant_id: 'acme',
  tenant_name: 'acme',
  provider: 'mock',
  generation: 2,
  version: 7,
  config: { image: 'a', env: { KEY: 'secret' } },
  applied_config: { image: 'a', env: { KEY: 'secret' } },
  resource_ids: {},
  labels: {},
  ...over,
})

/** A look at a tenant that was provisioned; what was reported of it, and what it came to. */
async function observe(desired: DesiredState | undefined, refusesOnce = false) {
  const provider = createMockProvider({ installation: 'test', world })
  const reports: WorkerObservation[] = []
  const refusal = {
    type: '',
    title: '',
    status: 400,
    detail: 'too large',
    instance: '',
    code: 'invalid_request',
  } as const
  const notFound = { ...refusal, status: 404, code: 'not_found' } as const
  const problem = (facts: typeof refusal | typeof notFound) =>
    new ApiError({ problem: { ...facts, request_id: '', error: '' } })
  const client: Pick<WorkerClient, 'getDesiredState' | 'reportObservation'> = {
    async getDesiredState() {
      if (desired === undefined) throw problem(notFound)
      return { status: 200, headers: new Headers(), body: desired }
    },
    async reportObservation({ body }) {
      reports.push(body)
      if (refusesOnce && reports.length === 1) throw problem(refusal)
      return { status: 200, headers: new Headers(), body: { accepted: true } }
    },
  }
  const deps: ObserveDependencies = {
    client: client as WorkerClient,
    registry: new ProviderRegistry().register(provider),
    logger: silentLogger,
    observer: silentObserver,
    secretsOf: () => () => Promise.reject(new Error('no secrets here')),
    observeSlots: createProviderSlots(1),
  }
  const outcome = await observeTenant(deps, { tenantId: 'acme', slot: 3 }, signal)
  return { outcome, reports }
}

async function provision(config: DesiredState['config'] = desiredState().config): Promise<void> {
  const provider = createMockProvider({ installation: 'test', world })
  const options = { signal, logger: silentLogger, operationId: 'op', generation: 1 }
  await provider.provision(specOf(desiredState({ config })), options)
}

describe('a look', () => {
  it('tells of a tenant that is as it should be', async () => {
    await provision()
    const { outcome, reports } = await observe(desiredState())
    expect(outcome).toBe('seen')
    const facts = {
      slot: 3,
      generation: 2,
      version: 7,
      state: 'running',
      health: 'healthy',
      settled: true,
      changes: [],
    }
    expect(reports).toMatchObject([{ outcome: 'seen', ...facts }])
  })

  it('tells of what differs, as an update would find it and with secrets hidden', async () => {
    await provision()
    world.mutate('acme', { image: 'b', env: { KEY: 'other' } })
    const { reports } = await observe(desiredState())
    expect(reports).toMatchObject([
      {
        changes: [
          { path: '/env/KEY', from: '[redacted]', to: '[redacted]' },
          { path: '/image', from: 'b', to: 'a', effect: 'replace' },
        ],
      },
    ])
    expect(JSON.stringify(reports[0]).match(/secret/)).toBeNull()
    expect(world.writes('acme')).toBe(2)
  })

  it('tells of one that is gone', async () => {
    expect(await observe(desiredState())).toMatchObject({
      outcome: 'missing',
      reports: [{ outcome: 'missing', slot: 3 }],
    })
  })

  it('tells when it could not tell', async () => {
    const mock = { fail: [{ operation: 'get_status', code: 'access_denied' }] }
    await provision({ mock })
    const { reports } = await observe(desiredState({ config: { mock }, applied_config: { mock } }))
    expect(reports).toMatchObject([{ outcome: 'unknown', error: { code: 'access_denied' } }])
  })

  it('is left out while something is under way or the tenant is paused', async () => {
    const operation = { id: 'op', kind: 'update', deadline_at: '2026-01-01T00:00:00.000Z', attempts: 0 } as const
    expect((await observe(desiredState({ operation }))).reports).toMatchObject([{ outcome: 'skipped' }])
    expect((await observe(desiredState({ paused: true }))).reports).toMatchObject([{ outcome: 'skipped' }])
    expect(world.calls('acme')).toEqual({})
  })

  it('is answered all the same when the server refuses what was seen, and not when the tenant is gone', async () => {
    await provision()
    const { reports } = await observe(desiredState(), true)
    expect(reports).toMatchObject([{ outcome: 'seen' }, { outcome: 'unknown', error: { code: 'internal_error' } }])
    expect(await observe(undefined)).toEqual({ outcome: 'gone', reports: [] })
  })
})
