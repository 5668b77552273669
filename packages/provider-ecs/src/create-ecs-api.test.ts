import { describe, expect, it } from 'vitest'
import { callOf, collect, createTestApi, serviceInput, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'
import { startJsonServer } from './__fixtures__/start-json-server.ts'

const SHOP = serviceTarget('shop')

describe('listTasks', () => {
  it('gives running and stopped tasks, and none of a service that is not there', async () => {
    const { api, clock, emulator } = await startCalls()
    expect(await api.listTasks(SHOP, 'RUNNING', callOf())).toEqual([])
    await api.createService(SHOP, serviceInput('shop', { desiredCount: 2 }), callOf())
    clock.advance(60_000)
    const tasks = await api.listTasks(SHOP, 'RUNNING', callOf())
    expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING'])
    expect(await api.listTasks(SHOP, 'STOPPED', callOf())).toEqual([])
    await api.listTasks(SHOP, 'RUNNING', callOf())
    expect(emulator.control.counters().calls).toMatchObject({ DescribeTasks: 1 })
  })

  it('describes the tasks of many services in few calls, and gives each its own', async () => {
    const { clock, emulator } = await startCalls()
    // So long that even a slow machine lists them all within it.
    const api = createTestApi(emulator.url, { batchWindowMs: 2000 })
    const targets = Array.from({ length: 12 }, (_, index) => serviceTarget(`shop-${index}`))
    for (const target of targets) {
      await api.createService(target, serviceInput(target.serviceName, { desiredCount: 1 }), callOf())
    }
    clock.advance(60_000)
    const found = await Promise.all(targets.map((target) => api.listTasks(target, 'RUNNING', callOf('background'))))
    expect(found.map((tasks) => tasks.map(({ group }) => group))).toEqual(
      targets.map(({ serviceName }) => [`service:${serviceName}`]),
    )
    const { ListTasks, DescribeTasks = 0 } = emulator.control.counters().calls
    expect(ListTasks).toBe(12)
    // Nobody waits for the first one's company.
    expect(DescribeTasks).toBeLessThanOrEqual(2)
  })
})

describe('describeTaskDefinition', () => {
  it('is asked for once, by all that ask at the same time', async () => {
    const { api, emulator } = await startCalls()
    const asked = [1, 2, 3].map(() => api.describeTaskDefinition(SHOP, 'web:1', callOf()))
    expect(await Promise.all(asked)).toMatchObject(asked.map(() => ({ family: 'web', revision: 1 })))
    await api.describeTaskDefinition(SHOP, 'web:1', callOf())
    expect(emulator.control.counters().calls).toMatchObject({ DescribeTaskDefinition: 1 })
  })

  it('keeps none that is inactive, and names one that is not there', async () => {
    const server = await startJsonServer()
    const api = createTestApi(server.url, {})
    server.answer({ taskDefinition: { family: 'web', revision: 1, status: 'INACTIVE' } })
    await api.describeTaskDefinition(SHOP, 'web:1', callOf())
    expect(await api.describeTaskDefinition(SHOP, 'web:1', callOf())).toMatchObject({ status: 'INACTIVE' })
    expect(server.calls).toHaveLength(2)
    const { api: real } = await startCalls()
    await expect(real.describeTaskDefinition(SHOP, 'web:9', callOf())).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/task_definition_arn' }],
    })
  })

  it('does not keep a failure', async () => {
    const { api, emulator } = await startCalls({ limits: { maxAttempts: 1 } })
    emulator.control.injectFault({ operation: 'DescribeTaskDefinition', fault: { kind: 'reset' } })
    await expect(api.describeTaskDefinition(SHOP, 'web:1', callOf())).rejects.toMatchObject({ code: 'unavailable' })
    expect(await api.describeTaskDefinition(SHOP, 'web:1', callOf())).toMatchObject({ revision: 1 })
  })
})

describe('listServices', () => {
  it('gives every active service with tags, ten a call', async () => {
    const { api, emulator } = await startCalls()
    const names = Array.from({ length: 23 }, (_, index) => `tenant-${index}`)
    for (const name of names) {
      const input = serviceInput(name, { desiredCount: 0 })
      await api.createService(serviceTarget(name), input, callOf())
    }
    await api.deleteService(serviceTarget('tenant-0'), { force: true }, callOf())
    const services = await collect(api.listServices(SHOP, callOf('background')))
    expect(services.map(({ serviceName }) => serviceName).sort()).toEqual(names.slice(1).sort())
    expect(services[0]?.tags?.[0]?.key).toBe('landlord.tenant_id')
    expect(emulator.control.counters().calls).toMatchObject({ ListServices: 1, DescribeServices: 3 })
  })
})

describe('listServices, while services go', () => {
  it('leaves out what is on its way out since it was listed, and follows pages', async () => {
    const server = await startJsonServer()
    server.answer({ serviceArns: ['a', 'b'], nextToken: 'more' })
    const described = {
      services: [
        { serviceName: 'a', status: 'DRAINING' },
        { serviceName: 'b', status: 'ACTIVE' },
      ],
    }
    server.answer({ ...described, failures: [] })
    server.answer({ serviceArns: ['c'] })
    server.answer({ services: [], failures: [{ arn: 'c', reason: 'MISSING' }] })
    const services = await collect(createTestApi(server.url, {}).listServices(SHOP, callOf('background')))
    expect(services.map(({ serviceName }) => serviceName)).toEqual(['b'])
    expect(server.calls.map(({ body }) => body.nextToken)).toEqual([undefined, undefined, 'more', undefined])
  })
})

describe('describeSubnets and publicAddresses', () => {
  it('read the network of a service', async () => {
    const { api, clock } = await startCalls()
    await api.createService(SHOP, serviceInput('shop'), callOf())
    clock.advance(60_000)
    expect(await api.describeSubnets(SHOP, ['subnet-1', 'subnet-2', 'subnet-1'], callOf())).toMatchObject([
      { id: 'subnet-1', vpcId: expect.stringMatching(/^vpc-/), availabilityZone: 'us-east-1a' },
      { id: 'subnet-2' },
    ])
    const [task] = await api.listTasks(SHOP, 'RUNNING', callOf())
    const details = task?.attachments?.[0]?.details ?? []
    const id = details.find(({ name }) => name === 'networkInterfaceId')?.value ?? ''
    const addresses = await api.publicAddresses(SHOP, [id, 'eni-gone'], callOf())
    expect([...addresses.keys()]).toEqual([id])
    expect(addresses.get(id)).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    expect(await api.publicAddresses(SHOP, [], callOf())).toEqual(new Map())
  })
})

describe('registryName', () => {
  it('is service and namespace, and is kept', async () => {
    const server = await startJsonServer()
    const api = createTestApi(server.url, {})
    const arn = 'arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1'
    server.answer({ Service: { Id: 'srv-1', Name: 'shop', NamespaceId: 'ns-1' } })
    server.answer({ Namespace: { Id: 'ns-1', Name: 'fleet.internal', Type: 'DNS_PRIVATE' } })
    expect(await api.registryName(SHOP, arn, callOf())).toBe('shop.fleet.internal')
    expect(await api.registryName(SHOP, arn, callOf())).toBe('shop.fleet.internal')
    expect(server.calls.map(({ operation, body }) => [operation, body.Id])).toEqual([
      ['GetService', 'srv-1'],
      ['GetNamespace', 'ns-1'],
    ])
  })

  it('is none for a registry that is not there, or whose namespace has no DNS', async () => {
    const server = await startJsonServer()
    const api = createTestApi(server.url, {})
    server.answer({ __type: 'ServiceNotFound', message: 'gone' }, 400)
    expect(await api.registryName(SHOP, 'arn:x:service/srv-1', callOf())).toBeUndefined()
    server.answer({ Service: { Name: 'shop', NamespaceId: 'ns-1' } })
    server.answer({ Namespace: { Name: 'fleet', Type: 'HTTP' } })
    expect(await api.registryName(SHOP, 'arn:x:service/srv-2', callOf())).toBeUndefined()
  })
})

describe('readLogEvents', () => {
  const stream = { group: 'g', stream: 's', region: 'us-east-1' }
  const event = (timestamp: number) => ({ timestamp, message: `line ${timestamp}`, ingestionTime: 0 })

  it('reads on over empty pages until the token comes back', async () => {
    const server = await startJsonServer()
    server.answer({ events: [event(1)], nextForwardToken: 'f/1' })
    server.answer({ events: [], nextForwardToken: 'f/2' })
    server.answer({ events: [event(2)], nextForwardToken: 'f/3' })
    server.answer({ events: [], nextForwardToken: 'f/3' })
    const api = createTestApi(server.url, {})
    const lines = await collect(api.readLogEvents(SHOP, { ...stream, since: 0 }, callOf('background')))
    expect(lines).toEqual([
      { timestamp: 1, message: 'line 1' },
      { timestamp: 2, message: 'line 2' },
    ])
    expect(server.calls[0]?.body).toMatchObject({ startTime: 1, startFromHead: true })
  })

  it('reads the last lines backwards and gives them in order', async () => {
    const server = await startJsonServer()
    server.answer({ events: [event(3), event(4)], nextBackwardToken: 'b/1' })
    server.answer({ events: [event(2)], nextBackwardToken: 'b/2' })
    const api = createTestApi(server.url, {})
    const lines = await collect(api.readLogEvents(SHOP, { ...stream, tail: 3 }, callOf('background')))
    expect(lines.map(({ timestamp }) => timestamp)).toEqual([2, 3, 4])
    expect(server.calls.map(({ body }) => body.limit)).toEqual([3, 1])
  })

  it('has none before the container has written', async () => {
    const server = await startJsonServer()
    server.answer({ __type: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' }, 400)
    const api = createTestApi(server.url, {})
    expect(await collect(api.readLogEvents(SHOP, stream, callOf('background')))).toEqual([])
  })
})

describe('close', () => {
  it('ends what is shared', async () => {
    const { api } = await startCalls()
    api.close()
    await expect(api.describeService(SHOP, callOf())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
