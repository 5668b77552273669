import { silentLogger, ThrottledError, TimeoutError, UnavailableError } from '@landlord/compute-core'
import { startSilentServer } from '@landlord/provider-conformance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callOf, createTestApi, serviceInput, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'

const SHOP = serviceTarget('shop')
const FORCED = { cluster: SHOP.clusterArn, service: 'shop', forceNewDeployment: true }

describe('createService', () => {
  it('is created, created again with the same token, and taken with another', async () => {
    const { api } = await startCalls()
    const created = await api.createService(SHOP, serviceInput('shop'), callOf())
    expect(created).toMatchObject({ kind: 'created', service: { serviceName: 'shop', status: 'ACTIVE' } })
    expect(await api.createService(SHOP, serviceInput('shop'), callOf())).toMatchObject({ kind: 'created' })
    const other = serviceInput('shop', { clientToken: 'another' })
    expect(await api.createService(SHOP, other, callOf())).toEqual({ kind: 'name_taken' })
  })

  it('finds the one before draining', async () => {
    const { api } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    expect(await api.deleteService(SHOP, { force: true }, callOf())).toMatchObject({
      kind: 'deleted',
      service: { status: 'DRAINING' },
    })
    const anew = serviceInput('shop', { clientToken: 'second' })
    expect(await api.createService(SHOP, anew, callOf())).toEqual({ kind: 'draining' })
  })

  it('gets over a lost reply by its token', async () => {
    const { api, emulator } = await startCalls()
    emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'lost_reply' } })
    expect(await api.createService(SHOP, serviceInput('shop'), callOf())).toMatchObject({ kind: 'created' })
    expect(emulator.control.counters().calls).toMatchObject({ CreateService: 2 })
  })

  it('is a retryable error where every reply is lost, and a cluster that is not there is named', async () => {
    const { emulator, otherApi } = await startCalls()
    const api = otherApi({ limits: { maxAttempts: 1 } })
    emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'lost_reply' } })
    const lost = await api.createService(SHOP, serviceInput('shop'), callOf()).catch((error: unknown) => error)
    expect(UnavailableError.isInstance(lost)).toBe(true)
    const nowhere = serviceInput('shop', { cluster: 'nowhere' })
    await expect(api.createService(SHOP, nowhere, callOf())).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/cluster_arn' }],
    })
  })
})

describe('updateService and deleteService', () => {
  it('tell what is not there from what is not active', async () => {
    const { api } = await startCalls()
    expect(await api.updateService(SHOP, FORCED, callOf())).toEqual({ kind: 'not_found' })
    expect(await api.deleteService(SHOP, { force: true }, callOf())).toEqual({ kind: 'not_found' })
    await api.createService(SHOP, serviceInput('shop'), callOf())
    expect(await api.deleteService(SHOP, { force: false }, callOf())).toMatchObject({ kind: 'in_use' })
    expect(await api.updateService(SHOP, FORCED, callOf())).toMatchObject({ kind: 'updated' })
    await api.deleteService(SHOP, { force: true }, callOf())
    expect(await api.updateService(SHOP, FORCED, callOf())).toEqual({ kind: 'not_active' })
  })

  it('sends a forced deployment once when its reply is lost, and again when it was refused', async () => {
    const { api, emulator } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'lost_reply' } })
    const lost = await api.updateService(SHOP, FORCED, callOf()).catch((error: unknown) => error)
    expect(UnavailableError.isInstance(lost)).toBe(true)
    expect(emulator.control.counters().calls).toMatchObject({ UpdateService: 1 })
    const throttling = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
    emulator.control.injectFault({ operation: 'UpdateService', fault: throttling })
    expect(await api.updateService(SHOP, FORCED, callOf())).toMatchObject({ kind: 'updated' })
    expect(emulator.control.counters().calls).toMatchObject({ UpdateService: 3 })
  })

  it('sends what may be repeated again when its reply is lost', async () => {
    const { api, emulator } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'lost_reply' } })
    const scaled = { cluster: SHOP.clusterArn, service: 'shop', desiredCount: 2 }
    expect(await api.updateService(SHOP, scaled, callOf())).toMatchObject({ kind: 'updated' })
    expect(emulator.control.counters().calls).toMatchObject({ UpdateService: 2 })
  })
})

describe('tags', () => {
  it('are set and removed, and none is no call', async () => {
    const { api, emulator } = await startCalls()
    const created = await api.createService(SHOP, serviceInput('shop'), callOf())
    const arn = created.kind === 'created' ? (created.service.serviceArn ?? '') : ''
    await api.tagService(SHOP, arn, [{ key: 'team', value: 'blue' }], callOf())
    await api.untagService(SHOP, arn, ['landlord.tenant_id'], callOf())
    await api.tagService(SHOP, arn, [], callOf())
    const reading = await api.describeService(SHOP, callOf())
    expect(reading).toMatchObject({ kind: 'found', service: { tags: [{ key: 'team', value: 'blue' }] } })
    expect(emulator.control.counters().calls).toMatchObject({ TagResource: 1, UntagResource: 1 })
  })
})

describe('request rates', () => {
  it('let 200 tenants be created at the published rates', async () => {
    const speed = 50
    const { api, emulator } = await startCalls({
      speed,
      settings: { request_rate_share: 0.8, request_rates: { services_write: { burst: 50, per_second: 5 * speed } } },
    })
    emulator.control.setThrottling(true)
    const names = Array.from({ length: 200 }, (_, index) => `tenant-${index}`)
    const outcomes = await Promise.all(
      names.map((name) => api.createService(serviceTarget(name), serviceInput(name), callOf())),
    )
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['created']))
  })

  it('are kept to where others use them up: throttled calls wait and are made again', async () => {
    const rates = { services_write: { burst: 200, per_second: 1000 } }
    const { api, emulator, clock } = await startCalls({
      limits: { maxAttempts: 1 },
      settings: { request_rates: rates },
    })
    emulator.control.setThrottling(true)
    const names = Array.from({ length: 55 }, (_, index) => `tenant-${index}`)
    const creating = Promise.all(
      names.map((name) => api.createService(serviceTarget(name), serviceInput(name), callOf())),
    )
    // The account's clock stands still: after its burst of 50 there is no room.
    await expect
      .poll(() => emulator.control.counters().throttled.CreateService ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(0)
    clock.advance(60_000)
    expect(new Set((await creating).map(({ kind }) => kind))).toEqual(new Set(['created']))
  })

  it('end in an error that says when to come back, once patience is over', async () => {
    const { api, emulator } = await startCalls({ patienceMs: 1, limits: { maxAttempts: 1 } })
    const throttling = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
    emulator.control.injectFault({ operation: 'CreateService', fault: throttling, times: 1000 })
    const error = await api.createService(SHOP, serviceInput('shop'), callOf()).catch((thrown: unknown) => thrown)
    expect(ThrottledError.isInstance(error) && error.retryAfterMs).toBeGreaterThan(0)
  })
})

describe('a target that does not answer', () => {
  it('is given up after the time that the clients allow', async () => {
    const silent = await startSilentServer()
    onTestFinished(() => silent.close())
    const api = createTestApi(silent.url, { limits: { maxAttempts: 1, requestTimeoutMs: 100 } })
    const calls = [
      api.createService(SHOP, serviceInput('shop'), callOf()),
      api.updateService(SHOP, FORCED, callOf()),
    ].map((made) => made.catch((thrown: unknown) => thrown))
    expect((await Promise.all(calls)).map((error) => TimeoutError.isInstance(error))).toEqual([true, true])
  })

  it('is left at once on abort, in flight and in the queue', async () => {
    const silent = await startSilentServer()
    onTestFinished(() => silent.close())
    const rates = { services_write: { burst: 1, per_second: 0.001 } }
    const api = createTestApi(silent.url, { settings: { request_rates: rates } })
    const controller = new AbortController()
    const call = { ...callOf('change', controller.signal), logger: silentLogger }
    const both = ['shop', 'cafe'].map((name) => api.createService(serviceTarget(name), serviceInput(name), call))
    const settled = Promise.allSettled(both)
    setImmediate(() => controller.abort(new Error('enough')))
    const codes = (await settled).map((result) => (result.status === 'rejected' ? result.reason.code : result.status))
    expect(codes).toEqual(['cancelled', 'cancelled'])
  })
})

describe('credentials that have expired', () => {
  const expired = {
    ...{ operation: 'DescribeServices', times: 1 },
    fault: { kind: 'error', type: 'ExpiredTokenException', message: 'The security token is expired' },
  } as const

  it('are renewed once, and the call is made again', async () => {
    const { api, emulator } = await startCalls()
    emulator.control.injectFault(expired)
    expect(await api.describeService(SHOP, callOf())).toEqual({ kind: 'missing' })
    expect(emulator.control.counters().calls).toMatchObject({ DescribeServices: 2 })
  })

  it('are an error of credentials when the new ones are no better', async () => {
    const { api, emulator } = await startCalls()
    emulator.control.injectFault({ ...expired, times: 5 })
    await expect(api.describeService(SHOP, callOf())).rejects.toMatchObject({ code: 'access_denied' })
    expect(emulator.control.counters().calls).toMatchObject({ DescribeServices: 2 })
  })
})
