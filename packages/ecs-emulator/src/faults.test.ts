import { randomUUID } from 'node:crypto'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { CreateFileSystemCommand, DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, SERVICE, startAccount } from './__fixtures__/start-account.ts'

const read = { cluster: 'fleet', services: ['shop'] }

describe('faults', () => {
  it('lose the reply of a create that was carried out', async () => {
    const { ecs, emulator, service } = await startAccount()
    emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'lost_reply' } })
    await expect(ecs.send(new CreateServiceCommand(SERVICE))).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await service()).status).toBe('ACTIVE')
  })

  it('reset a connection before anything is done', async () => {
    const { ecs, emulator } = await startAccount()
    emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'reset' } })
    await expect(ecs.send(new CreateServiceCommand(SERVICE))).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await ecs.send(new DescribeServicesCommand(read))).failures).toMatchObject([{ reason: 'MISSING' }])
  })

  it('answer so many reads from the past', async () => {
    const { ecs, emulator, create } = await startAccount()
    emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await create()
    const reasons: (string | undefined)[] = []
    for (let call = 0; call < 3; call += 1) {
      const { failures } = await ecs.send(new DescribeServicesCommand(read))
      reasons.push(failures?.[0]?.reason)
    }
    expect(reasons).toEqual(['MISSING', 'MISSING', undefined])
  })

  it('answer any error', async () => {
    const { ecs, emulator, create } = await startAccount()
    await create()
    const fault = { kind: 'error', type: 'ServerException', message: 'Service unavailable.', status: 500 } as const
    emulator.control.injectFault({ operation: '*', fault, times: 2 })
    const update = new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', desiredCount: 1 })
    const refusal = { name: 'ServerException', $metadata: { httpStatusCode: 500 } }
    await expect(ecs.send(update)).rejects.toMatchObject(refusal)
    await expect(ecs.send(new DescribeServicesCommand(read))).rejects.toMatchObject(refusal)
    expect((await ecs.send(update)).service?.desiredCount).toBe(1)
  })

  it('befall the neighbours of ECS, each in its protocol', async () => {
    const { emulator } = await startAccount()
    const { injectFault } = emulator.control
    const options = { endpoint: emulator.url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 }
    const [ecr, efs, ec2] = [new ECRClient(options), new EFSClient(options), new EC2Client(options)]
    onTestFinished(() => {
      for (const client of [ecr, efs, ec2]) client.destroy()
    })
    const calls: [string, () => Promise<unknown>][] = [
      [
        'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        () => ecr.send(new GetAuthorizationTokenCommand({})),
      ],
      ['DescribeFileSystems', () => efs.send(new DescribeFileSystemsCommand({}))],
      ['DescribeSubnets', () => ec2.send(new DescribeSubnetsCommand({}))],
    ]
    for (const [operation, call] of calls) {
      injectFault({ operation: '*', fault: { kind: 'reset' } })
      await call()
      injectFault({ operation, fault: { kind: 'error', type: 'AccessDenied', message: 'not yours', status: 403 } })
      await expect(call()).rejects.toMatchObject({
        name: 'AccessDenied',
        message: 'not yours',
        $metadata: { httpStatusCode: 403 },
      })
      injectFault({ operation, fault: { kind: 'reset' } })
      await expect(call()).rejects.toMatchObject({ code: 'ECONNRESET' })
      await call()
    }
    const token = randomUUID()
    injectFault({ operation: 'CreateFileSystem', fault: { kind: 'lost_reply' } })
    await expect(efs.send(new CreateFileSystemCommand({ CreationToken: token }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    const { FileSystems } = await efs.send(new DescribeFileSystemsCommand({}))
    expect(FileSystems).toMatchObject([{ CreationToken: token }])
    expect(() => injectFault({ operation: 'DescribeSubnets', fault: { kind: 'stale' } })).toThrow(
      'stale is for operations of ECS',
    )
  })

  it('throttle at the rates of AWS, on the emulated clock', async () => {
    const { ecs, emulator, create, pass } = await startAccount()
    emulator.control.setThrottling(true)
    for (let index = 0; index < 50; index += 1) await create({ serviceName: `shop-${index}`, desiredCount: 0 })
    await expect(create({ serviceName: 'one-more' })).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
    })
    await ecs.send(new ListServicesCommand({ cluster: 'fleet' }))
    pass(1)
    for (let index = 0; index < 5; index += 1) await create({ serviceName: `later-${index}`, desiredCount: 0 })
    await expect(create({ serviceName: 'one-more' })).rejects.toMatchObject({ name: 'ThrottlingException' })
    expect(emulator.control.counters()).toMatchObject({
      calls: { CreateService: 57, ListServices: 1 },
      throttled: { CreateService: 2 },
    })
  })
})

describe('the control endpoint', () => {
  it('scripts, injects, advances, counts and resets', async () => {
    const { emulator, create, ecs, service } = await startAccount()
    const post = async (action: string, body: unknown = {}) => {
      const response = await fetch(`${emulator.url}/_emulator/${action}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    }
    expect(await post('tasks', { service: 'shop', behaviour: { kind: 'run', startSeconds: 100 } })).toEqual({
      status: 200,
      body: {},
    })
    await create()
    await post('clock', { seconds: 90 })
    expect((await service()).runningCount).toBe(0)
    await post('clock', { seconds: 20 })
    expect((await service()).runningCount).toBe(2)
    await post('faults', {
      operation: 'DescribeServices',
      fault: { kind: 'error', type: 'ServerException', message: 'no' },
    })
    await expect(service()).rejects.toThrow('no')
    expect((await post('counters')).body).toMatchObject({ calls: { CreateService: 1, DescribeServices: 3 } })
    expect(await post('faults', { operation: 'X', fault: { kind: 'fire' } })).toEqual({
      status: 400,
      body: { message: 'fault.kind must be one of error, reset, lost_reply, stale, not fire.' },
    })
    await post('reset')
    await expect(ecs.send(new DescribeServicesCommand(read))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    })
  })

  it('is not for web pages', async () => {
    const { emulator } = await startAccount()
    const headers = { origin: 'http://example.com' }
    expect((await fetch(`${emulator.url}/_emulator/reset`, { method: 'POST', headers })).status).toBe(403)
  })
})

it('scripts only the tasks that start from now on', async () => {
  const { emulator, create, pass, service } = await startAccount()
  await create()
  pass(60)
  emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' } })
  expect((await service()).runningCount).toBe(2)
})
