import { CreateServiceCommand, DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { startProxy } from './__fixtures__/start-proxy.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

const calls = () => fleet.emulator.control.counters().calls

describe('provision', () => {
  it('makes one CreateService of a tenant, and asks once per fleet what its configuration needs', async () => {
    const provider = fleet.provider()
    fleet.emulator.control.resetCounters()
    for (let count = 0; count < 5; count++) await fleet.tenant({ provider }).provision()
    expect(calls()).toEqual({ CreateService: 5, DescribeTaskDefinition: 1, DescribeSubnets: 1 })
  })

  it('creates a suspended tenant with nothing running, and resumes it to its size', async () => {
    const tenant = fleet.tenant({ config: fleet.config({ desired_count: 2 }), spec: { suspended: true } })
    await tenant.provision()
    expect((await tenant.settle()).state).toBe('stopped')
    await tenant.update({ suspended: false })
    expect((await tenant.settle()).containers).toHaveLength(2)
  })

  it('safeguard: a create whose answer was lost is found again by its token', async () => {
    const tenant = fleet.tenant()
    fleet.emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'lost_reply' }, times: 5 })
    const operation = { operationId: 'one' }
    await expect(tenant.provision(operation)).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    fleet.emulator.control.resetCounters()
    const { resourceIds } = await tenant.provision(operation)
    expect(calls()).toEqual({ CreateService: 1 })
    expect(resourceIds.service_arn).toBe((await fleet.service(tenant.serviceName))?.serviceArn)
  })

  it('safeguard: a service from another operation of the same tenant is taken over and changed to what is wanted', async () => {
    const config = fleet.config()
    const first = fleet.tenant({ config })
    await first.provision()
    const wanted = fleet.config({ task_definition_arn: fleet.web[1] })
    const again = fleet.tenant({ config: wanted, spec: { tenantId: first.spec.tenantId } })
    await again.provision()
    expect((await again.settle()).state).toBe('running')
    expect((await fleet.service(first.serviceName))?.taskDefinition).toBe(fleet.web[1])
  })

  it('safeguard: waits until the service from before has drained, and then makes its own', async () => {
    const tenant = fleet.tenant()
    await tenant.provision()
    await tenant.settle()
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.destroy()
    const again = fleet.tenant({ spec: { tenantId: tenant.spec.tenantId } })
    expect(await again.provision()).toMatchObject({
      status: 'in_progress',
      message: expect.stringContaining('waiting'),
    })
    // First as it was before it was deleted, then as it is.
    expect(await again.status()).toMatchObject({ state: 'stopping', settled: false })
    expect(await again.status()).toMatchObject({ state: 'stopping', settled: false })
    fleet.pass(100)
    // The control plane provisions what is not found.
    await expect(again.status()).rejects.toMatchObject({ code: 'tenant_not_found' })
    await again.provision()
    expect((await again.settle()).state).toBe('running')
  })

  it('safeguard: a service of that name without marks is a conflict, and stays as it is', async () => {
    const tenant = fleet.tenant()
    const { serviceName } = tenant
    const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } }
    await fleet.ecs.send(
      new CreateServiceCommand({
        ...{ cluster: 'fleet', serviceName, taskDefinition: 'web:1', desiredCount: 1, launchType: 'FARGATE' },
        networkConfiguration: network,
      }),
    )
    const before = fleet.writes()
    await expect(tenant.provision()).rejects.toMatchObject({ code: 'conflict', retryable: false })
    // The refused CreateService itself counts.
    expect(fleet.writes() - before).toBe(1)
  })

  it('retries what ECS contradicts itself about: a name that is taken by a service that is INACTIVE', async () => {
    const tenant = fleet.tenant()
    const refusal = { type: 'InvalidParameterException', message: 'Creation of service was not idempotent.' }
    fleet.emulator.control.injectFault({ operation: 'CreateService', fault: { kind: 'error', ...refusal } })
    await expect(tenant.provision()).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    await tenant.provision()
    expect((await tenant.settle()).state).toBe('running')
  })
})

describe('preflight: nothing is made of a configuration that cannot run', () => {
  const refused = async (config: ReturnType<TimedFleet['config']>) => {
    const before = fleet.writes()
    const error = await fleet
      .tenant({ config })
      .provision()
      .catch((caught: unknown) => caught)
    expect(fleet.writes() - before).toBe(0)
    return error
  }

  it('a task definition that there is not', async () => {
    const arn = fleet.web[0].replace('web:1', 'web:99')
    expect(await refused(fleet.config({ task_definition_arn: arn }))).toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/task_definition_arn' }],
    })
  })

  it('a task definition that was deregistered', async () => {
    const arn = await fleet.register({ family: 'old' })
    await fleet.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }))
    expect(await refused(fleet.config({ task_definition_arn: arn }))).toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/task_definition_arn', message: expect.stringContaining('INACTIVE') }],
    })
  })

  it('a network mode that does not go with subnets, on a launch type that it was not registered for', async () => {
    const arn = await fleet.register({ family: 'bridged', networkMode: 'bridge', requiresCompatibilities: ['EC2'] })
    const config = fleet.config({ task_definition_arn: arn })
    expect(await refused(config)).toMatchObject({
      issues: [
        { path: '/task_definition_arn', message: expect.stringContaining('Fargate') },
        { path: '/subnets', message: expect.stringContaining('bridge') },
      ],
    })
  })

  it('a load balancer in front of a container or port that there is not', async () => {
    const target_group_arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/0123456789abcdef'
    const load_balancers = [
      { target_group_arn, container_name: 'nginx', container_port: 80 },
      { target_group_arn, container_name: 'app', container_port: 81 },
    ]
    expect(await refused(fleet.config({ load_balancers }))).toMatchObject({
      issues: [
        { path: '/load_balancers/0/container_name', message: expect.stringContaining('it has: app') },
        { path: '/load_balancers/1/container_port', message: expect.stringContaining('8080') },
      ],
    })
  })

  it('does without the permission to describe subnets', async () => {
    const { url } = await startProxy(fleet.emulator.url, (body) => body.includes('Action=DescribeSubnets'))
    const provider = fleet.provider({ settings: { endpoint_url: url } })
    expect((await fleet.tenant({ provider }).provision()).status).toBe('in_progress')
  })
})
