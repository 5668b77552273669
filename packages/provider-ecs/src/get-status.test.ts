import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import type { JsonObject } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { startProxy } from './__fixtures__/start-proxy.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

const calls = () => fleet.emulator.control.counters().calls
const script = (behaviour: Parameters<TimedFleet['emulator']['control']['scriptTasks']>[0]['behaviour']) =>
  fleet.emulator.control.scriptTasks({ behaviour })

async function running(config?: JsonObject) {
  const tenant = fleet.tenant(config === undefined ? {} : { config })
  await tenant.provision()
  await tenant.settle()
  return tenant
}

describe('a first deployment that fails, and why', () => {
  it.each([
    ['image_not_found', { kind: 'pull_failure' }],
    ['no_capacity', { kind: 'no_capacity' }],
    ['quota_exceeded', { kind: 'no_capacity', reason: "You've reached the limit on the number of vCPUs" }],
    ['unhealthy', { kind: 'unhealthy', afterSeconds: 3 }],
    ['crash_loop', { kind: 'exit', afterSeconds: 2, exitCode: 1 }],
    ['out_of_memory', { kind: 'exit', afterSeconds: 2, exitCode: 137, reason: 'OutOfMemoryError: Container killed' }],
    ['role_not_assumable', { kind: 'fail_to_start', reason: "ECS was unable to assume the role 'r'." }],
    [
      'secret_missing',
      { kind: 'fail_to_start', reason: 'ResourceInitializationError: unable to pull secrets or registry auth' },
    ],
    ['task_failed_to_start', { kind: 'fail_to_start', reason: 'CannotStartContainerError: no such command' }],
  ] as const)('%s', async (reason, behaviour) => {
    script(behaviour)
    const tenant = fleet.tenant()
    await tenant.provision()
    const status = await tenant.settle()
    expect(status).toMatchObject({ state: 'failed', settled: true, reason, instanceUsable: false, endpoints: [] })
    expect(status.message).toMatch(/ECS has stopped trying: .*; ECS says: /)
  })

  it('says on the way what is wrong', async () => {
    script({ kind: 'no_capacity' })
    const tenant = fleet.tenant()
    await tenant.provision()
    const { message } = await tenant.until(({ message = '' }) => message.includes('ECS says'))
    expect(message).toMatch(/^0 of 1 tasks running, .*unable to place a task/)
  })

  it('without a circuit breaker is failed after five minutes, though ECS goes on trying', async () => {
    script({ kind: 'pull_failure' })
    const deployment = { circuit_breaker: { enable: false } }
    const tenant = fleet.tenant({ config: fleet.config({ deployment }) })
    await tenant.provision()
    const from = fleet.emulator.control.now()
    expect(await tenant.settle()).toMatchObject({ state: 'failed', reason: 'image_not_found' })
    expect(fleet.emulator.control.now() - from).toBeGreaterThanOrEqual(300_000)
  })

  it('is tried again by an update to the same configuration', async () => {
    fleet.emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' } })
    const tenant = fleet.tenant()
    await tenant.provision()
    await tenant.settle()
    fleet.emulator.control.clearScripts()
    expect(await tenant.update({})).toMatchObject({ status: 'in_progress', changes: [] })
    expect((await tenant.settle()).state).toBe('running')
    expect((await tenant.update({})).status).toBe('no_changes')
  })
})

describe('an update that fails', () => {
  const broken = { kind: 'exit', afterSeconds: 2, exitCode: 1 } as const

  it('safeguard: a roll-back is failed, never a success, and the instance from before serves', async () => {
    const tenant = await running()
    script(broken)
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    const states = new Set<string>()
    const status = await tenant.until(({ state, settled }) => states.add(state) && settled)
    expect(status).toMatchObject({
      state: 'failed',
      reason: 'crash_loop',
      instanceUsable: true,
      containers: [{ state: 'running' }],
    })
    expect(status.message).toMatch(/rolled back: .*exit code 1/)
    expect(status.endpoints).toHaveLength(1)
    expect([...states]).toEqual(['running', 'failed'])
    // Also for whoever has lost the handle.
    const { providerConfig, tenantId } = tenant.ref()
    const fresh = fleet.tenant({ config: providerConfig, spec: { tenantId } })
    expect(await fresh.status()).toMatchObject({ state: 'failed', settled: true })
  })

  it('safeguard: a roll-back is failed also when nobody looked while it happened', async () => {
    const tenant = await running()
    script(broken)
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    for (let minute = 0; minute < 30; minute++) {
      fleet.pass(60)
      await fleet.service(tenant.serviceName)
    }
    expect(await tenant.status()).toMatchObject({ state: 'failed', settled: true, instanceUsable: true })
  })

  it('goes on with what was wanted before when that is asked for again', async () => {
    const tenant = await running()
    script(broken)
    const before = tenant.ref().providerConfig
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    await tenant.settle()
    expect((await tenant.update({ providerConfig: before })).status).toBe('no_changes')
    expect(await tenant.status()).toMatchObject({ state: 'running', settled: true })
  })

  it('with on_failed_update: leave stays as it failed, and the instance from before serves', async () => {
    const tenant = await running(fleet.config({ on_failed_update: 'leave' }))
    script(broken)
    const providerConfig = fleet.config({ on_failed_update: 'leave', task_definition_arn: fleet.web[1] })
    await tenant.update({ providerConfig })
    expect(await tenant.settle()).toMatchObject({ state: 'failed', reason: 'crash_loop', instanceUsable: true })
  })
})

describe('what a status costs and tells', () => {
  it('looks at tasks only once it has settled', async () => {
    const tenant = fleet.tenant()
    await tenant.provision()
    fleet.emulator.control.resetCounters()
    let looks = 0
    await tenant.until(({ settled }) => ++looks > 0 && settled)
    const { ListTasks, DescribeTasks, DescribeServices } = calls()
    expect({ ListTasks, DescribeTasks, DescribeServices }).toEqual({
      ListTasks: 1,
      DescribeTasks: 1,
      DescribeServices: looks,
    })
  })

  it('safeguard: does not take a service for running whose tasks do not run', async () => {
    fleet.emulator.control.setQuirks({ instantStability: true })
    const tenant = fleet.tenant()
    await tenant.provision()
    expect(await tenant.status()).toMatchObject({
      settled: false,
      message: 'waiting until ECS shows the tasks running',
    })
    const { state, endpoints } = await tenant.settle()
    expect({ state, addresses: endpoints.length }).toEqual({ state: 'running', addresses: 1 })
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    expect((await tenant.status()).settled).toBe(false)
  })

  it('counts a health check of the task definition', async () => {
    const task_definition_arn = await fleet.register({
      family: 'checked',
      containerDefinitions: [{ name: 'app', image: 'shop:1', healthCheck: { command: ['CMD', 'true'] } }],
    })
    const tenant = await running(fleet.config({ task_definition_arn }))
    expect((await tenant.status()).health).toBe('healthy')
    const [task] = await fleet.tasks(tenant.serviceName)
    fleet.emulator.control.setTaskHealth(task?.taskArn ?? '', 'UNHEALTHY')
    const { state, settled } = await tenant.until((status) => !status.settled)
    expect({ state, settled }).toMatchObject({ settled: false })
    expect((await tenant.settle()).health).toBe('healthy')
  })

  it('gives public addresses where tasks have them', async () => {
    const config = fleet.config({ assign_public_ip: true })
    const tenant = await running(config)
    const { endpoints } = await tenant.status()
    expect(endpoints).toMatchObject([{ name: 'web', protocol: 'http', port: 8080 }])
    expect(endpoints[0]?.host).not.toMatch(/^10\./)
  })

  it('gives private addresses where it may not ask for public ones', async () => {
    const { url } = await startProxy(fleet.emulator.url, (body) => body.includes('Action=DescribeNetworkInterfaces'))
    const provider = fleet.provider({ settings: { endpoint_url: url } })
    const tenant = fleet.tenant({ provider, config: fleet.config({ assign_public_ip: true }) })
    await tenant.provision()
    expect((await tenant.settle()).endpoints).toMatchObject([{ host: expect.stringMatching(/^10\./), port: 8080 }])
  })

  it('does not wait where wait_for_steady_state is false, but still tells of a failure', async () => {
    const config = fleet.config({ wait_for_steady_state: false })
    const tenant = fleet.tenant({ config })
    await tenant.provision()
    expect(await tenant.status()).toMatchObject({ state: 'running', settled: true })
    script({ kind: 'pull_failure' })
    const other = fleet.tenant({ config })
    await other.provision()
    expect((await other.until(({ state }) => state === 'failed')).reason).toBe('image_not_found')
  })

  it('shows what somebody else has changed, in the terms of the configuration', async () => {
    const tenant = await running(fleet.config({ desired_count: 1 }))
    const { serviceName } = tenant
    await fleet.ecs.send(
      new UpdateServiceCommand({ cluster: 'fleet', service: serviceName, desiredCount: 2, taskDefinition: 'web:2' }),
    )
    const { observedConfig, state } = await tenant.until(({ settled }) => settled)
    expect({ observedConfig, state }).toMatchObject({
      observedConfig: { desired_count: 2, task_definition_arn: fleet.web[1] },
      state: 'running',
    })
  })

  it('reports a service that an autoscaler has taken to no tasks as stopped, and one that is deleted as stopping', async () => {
    const tenant = await running()
    const service = { cluster: 'fleet', service: tenant.serviceName }
    await fleet.ecs.send(new UpdateServiceCommand({ ...service, desiredCount: 0 }))
    expect((await tenant.status()).state).toBe('stopping')
    expect(await tenant.settle()).toMatchObject({ state: 'stopped', settled: true, idle: 'scaled_to_zero' })
    await tenant.destroy()
    expect(await tenant.status()).toMatchObject({ state: 'stopping', settled: false })
  })
})
