import { createWorkerClient, OWNED_RESOURCES_PER_REPORT } from '@landlord/api-contract'
import {
  type ComputeProvider,
  type OwnedResource,
  ProviderRegistry,
  silentLogger,
  ThrottledError,
} from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type StubServer, startStubServer } from '../../test/stub-server.ts'
import { silentObserver } from '../step/step-observer.ts'
import { scanOwned } from './scan-owned.ts'

let server: StubServer
beforeEach(async () => {
  server ??= await startStubServer()
  server.scans.reports.length = 0
  server.scans.answer = () => ({ accepted: true })
})
afterAll(() => server.close())

function resource(index: number): OwnedResource {
  return { tenantId: `t-${index}`, kind: 'service', id: `s-${index}`, name: `service-${index}` }
}

/** As many as a provider may have, made one by one as they are asked for. */
async function* resources(count: number, onNext: (index: number) => void = () => {}): AsyncGenerator<OwnedResource> {
  for (let index = 0; index < count; index++) {
    onNext(index)
    yield resource(index)
  }
}

function scan(listOwned: ComputeProvider['listOwned'], signal = new AbortController().signal) {
  const mock = createMockProvider({ installation: 'test' })
  const registry = new ProviderRegistry().register({ ...mock, ...(listOwned === undefined ? {} : { listOwned }) })
  const client = createWorkerClient({ baseUrl: server.url, token: server.token })
  return scanOwned(
    { client, registry, logger: silentLogger, observer: silentObserver },
    { provider: 'mock', scanId: 'scan-1' },
    signal,
  )
}

const reports = () => server.scans.reports.map(({ outcome, seen, resources: found }) => [outcome, seen, found.length])

describe('a scan of what a provider owns', () => {
  it('reports page after page while it lists, and then that it is through', async () => {
    const heard: number[] = []
    const count = 2 * OWNED_RESOURCES_PER_REPORT + 1
    const list = () => resources(count, () => heard.push(server.scans.reports.length))
    await expect(scan(list)).resolves.toBe('succeeded')
    const page = OWNED_RESOURCES_PER_REPORT
    expect(reports()).toEqual([
      ['in_progress', 0, 0],
      ['in_progress', page, page],
      ['in_progress', 2 * page, page],
      ['succeeded', count, 1],
    ])
    // A page leaves before the next one is asked for: memory holds one of them.
    expect([heard[page - 1], heard[page], heard[2 * page]]).toEqual([1, 2, 3])
  })

  it('tells what destroying needs, and leaves out what serves several tenants', async () => {
    const whole = {
      ...resource(1),
      createdAt: '2026-11-20T12:00:00.000Z',
      resourceIds: { service_arn: 'a' },
      providerConfig: { cluster: 'c' },
    }
    await scan(async function* () {
      yield { ...resource(2), tenantId: '' }
      yield whole
    })
    expect(server.scans.reports.at(-1)?.resources).toEqual([
      {
        tenant_id: 't-1',
        kind: 'service',
        id: 's-1',
        name: 'service-1',
        created_at: '2026-11-20T12:00:00.000Z',
        resource_ids: { service_arn: 'a' },
        provider_config: { cluster: 'c' },
      },
    ])
  })

  it('lists nothing when it is over already, and stops when it becomes so', async () => {
    let listed = 0
    const list = () => resources(10 * OWNED_RESOURCES_PER_REPORT, () => (listed += 1))
    server.scans.answer = () => ({ accepted: false })
    await expect(scan(list)).resolves.toBe('over')
    expect(listed).toBe(0)
    server.scans.answer = ({ seen }) => ({ accepted: seen === 0 })
    await expect(scan(list)).resolves.toBe('over')
    expect(listed).toBe(OWNED_RESOURCES_PER_REPORT)
  })

  it('that the provider cuts short has failed with its reason', async () => {
    const list = async function* () {
      yield resource(1)
      throw new ThrottledError({ message: 'slow down' })
    }
    await expect(scan(list)).resolves.toBe('failed')
    expect(server.scans.reports.at(-1)).toMatchObject({
      outcome: 'failed',
      error: { code: 'throttled', message: 'slow down', retryable: true },
    })
  })

  it('is to be run again when the server does not answer, and when it was aborted', async () => {
    server.scans.answer = ({ seen }) => (seen === 0 ? { accepted: true } : undefined)
    await expect(scan(() => resources(1))).rejects.toThrow(/no answer/)
    await expect(scan(() => resources(OWNED_RESOURCES_PER_REPORT))).rejects.toThrow(/no answer/)
    expect(server.scans.reports.some(({ outcome }) => outcome === 'failed')).toBe(false)
    const aborting = new AbortController()
    const list = () => resources(3, () => aborting.abort(new Error('the worker is stopping')))
    await expect(scan(list, aborting.signal)).rejects.toThrow('the worker is stopping')
  })
})
