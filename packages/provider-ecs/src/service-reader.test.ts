import { UnavailableError } from '@landlord/compute-core'
import { startSilentServer } from '@landlord/provider-conformance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callOf, createTestApi, serviceInput, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'
import { startJsonServer } from './__fixtures__/start-json-server.ts'
import type { EcsApi, ServiceReading } from './ecs-api.ts'

const SHOP = serviceTarget('shop')
const describes = (counters: { calls: Record<string, number> }): number => counters.calls.DescribeServices ?? 0
const desiredOf = (reading: ServiceReading): number | undefined =>
  reading.kind === 'found' ? reading.service.desiredCount : undefined

async function scale(api: EcsApi, desiredCount: number): Promise<void> {
  await api.updateService(SHOP, { cluster: SHOP.clusterArn, service: 'shop', desiredCount }, callOf())
}

describe('describeService', () => {
  it('gives a service with its tags, and says that one is missing', async () => {
    const { api } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    const [found, missing] = await Promise.all([
      api.describeService(SHOP, callOf('watch')),
      api.describeService(serviceTarget('nobody'), callOf('watch')),
    ])
    expect(found).toMatchObject({
      kind: 'found',
      service: { serviceName: 'shop', tags: [{ key: 'landlord.tenant_id', value: 'shop' }] },
    })
    expect(missing).toEqual({ kind: 'missing' })
  })

  it('asks for 1,000 tenants in 100 calls, also where each has a session of its own', async () => {
    const { api, emulator } = await startCalls()
    const names = Array.from({ length: 1000 }, (_, index) => `tenant-${index}`)
    const targets = names.map((name) =>
      serviceTarget(name, { role: { role_arn: 'arn:aws:iam::000000000000:role/fleet', session_name: name } }),
    )
    const readings = await Promise.all(targets.map((target) => api.describeService(target, callOf('watch'))))
    expect(readings).toHaveLength(1000)
    expect(describes(emulator.control.counters())).toBe(100)
  })

  it('gathers a stream of single questions while requests are short', async () => {
    const rates = { services_read: { burst: 1, per_second: 20 } }
    const { api, emulator } = await startCalls({ settings: { request_rates: rates } })
    const readings: Promise<ServiceReading>[] = []
    for (let index = 0; index < 100; index += 1) {
      readings.push(api.describeService(serviceTarget(`tenant-${index}`), callOf('watch')))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(readings)
    expect(describes(emulator.control.counters())).toBeLessThanOrEqual(15)
  })

  it('takes one turn for one call', async () => {
    const { api } = await startCalls({
      settings: { request_rates: { services_read: { burst: 1, per_second: 0.001 } } },
    })
    expect(await api.describeService(SHOP, callOf('watch'))).toEqual({ kind: 'missing' })
  })

  it('repeats an answer for a moment, but not a fresh one, and not after a write', async () => {
    const { api, emulator, clock, otherApi } = await startCalls()
    let now = 0
    const reader = otherApi({ now: () => now })
    await api.createService(SHOP, serviceInput('shop'), callOf())
    await reader.describeService(SHOP, callOf('watch'))
    await scale(api, 2)
    clock.advance(1000)
    expect(desiredOf(await reader.describeService(SHOP, callOf('watch')))).toBe(1)
    expect(describes(emulator.control.counters())).toBe(1)
    expect(desiredOf(await reader.describeService(SHOP, callOf('watch'), { fresh: true }))).toBe(2)
    await scale(reader, 3)
    expect(desiredOf(await reader.describeService(SHOP, callOf('watch')))).toBe(3)
    now += 2000
    await reader.describeService(SHOP, callOf('watch'))
    expect(describes(emulator.control.counters())).toBe(4)
  })

  it('never keeps what was read before a write and arrived after it', async () => {
    const server = await startJsonServer()
    const api = createTestApi(server.url, {})
    const slow = server.hold()
    const early = api.describeService(SHOP, callOf('watch'))
    const release = await slow
    server.answer({ service: { serviceName: 'shop', desiredCount: 2 } })
    await scale(api, 2)
    release({ services: [{ serviceName: 'shop', desiredCount: 1 }] })
    expect(desiredOf(await early)).toBe(1)
    server.answer({ services: [{ serviceName: 'shop', desiredCount: 2 }] })
    expect(desiredOf(await api.describeService(SHOP, callOf('watch')))).toBe(2)
  })

  it('does not take an answer that says neither for "gone"', async () => {
    const server = await startJsonServer()
    server.answer({ services: [], failures: [] })
    const error = await createTestApi(server.url, {})
      .describeService(SHOP, callOf())
      .catch((thrown: unknown) => thrown)
    expect(UnavailableError.isInstance(error)).toBe(true)
  })

  it('goes on for the others when one gives up', async () => {
    const { api } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    const controller = new AbortController()
    const leaves = api.describeService(serviceTarget('other'), callOf('watch', controller.signal))
    const stays = api.describeService(SHOP, callOf('watch'))
    controller.abort(new Error('enough'))
    await expect(leaves).rejects.toMatchObject({ code: 'cancelled' })
    expect((await stays).kind).toBe('found')
  })

  it('safeguard: refuses only the tenant whose service the worker may not look at, not all that share its call', async () => {
    const server = await startJsonServer()
    server.answerEach(({ body: { services = [] } }) => {
      const names = services as string[]
      if (names.includes('foreign')) return { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }
      return { status: 200, body: { services: names.map((serviceName) => ({ serviceName })) } }
    })
    const api = createTestApi(server.url, {})
    const names = ['shop', 'foreign', 'store', 'shop']
    const answers = await Promise.allSettled(
      names.map((name) => api.describeService(serviceTarget(name), callOf('watch'))),
    )
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(answers[1]).toMatchObject({
      reason: { code: 'access_denied', message: expect.stringContaining('service foreign of cluster fleet') },
    })
    expect(server.calls).toHaveLength(4)
  })

  it('is left at once on abort, also where nobody answers', async () => {
    const silent = await startSilentServer()
    onTestFinished(() => silent.close())
    const controller = new AbortController()
    const reading = createTestApi(silent.url, {}).describeService(SHOP, callOf('watch', controller.signal))
    setImmediate(() => controller.abort(new DOMException('late', 'TimeoutError')))
    await expect(reading).rejects.toMatchObject({ code: 'timeout' })
  })

  it('names the cluster that is not there', async () => {
    const { api } = await startCalls()
    const lost = serviceTarget('shop', { clusterArn: SHOP.clusterArn.replace('fleet', 'lost'), clusterName: 'lost' })
    await expect(api.describeService(lost, callOf())).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('cluster lost'),
    })
  })
})
