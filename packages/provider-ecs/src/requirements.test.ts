import { isOwnedBy, silentLogger } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { startProxy } from './__fixtures__/start-proxy.ts'
import { createEcsProvider } from './ecs-provider.ts'
import { readTags } from './provider-tags.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

describe('Requirement: ECS compute provider provisioning', () => {
  it('Scenario: Provision tenant service', async () => {
    const tenant = fleet.tenant()
    const { status, resourceIds } = await tenant.provision()
    const service = await fleet.service(tenant.serviceName)
    expect({ status, arn: resourceIds.service_arn, name: resourceIds.service_name }).toEqual({
      status: 'in_progress',
      arn: service?.serviceArn,
      name: tenant.serviceName,
    })
    const owner = { tenantId: tenant.spec.tenantId, provider: 'ecs', installation: 'test' }
    expect(isOwnedBy(service && readTags(service), owner)).toBe(true)

    const { state, health, settled, message } = await tenant.status()
    expect({ state, health, settled, message }).toEqual({
      state: 'starting',
      health: 'starting',
      settled: false,
      message: '0 of 1 tasks running',
    })
    const running = await tenant.settle()
    expect(running).toMatchObject({
      state: 'running',
      health: 'none',
      containers: [{ name: 'app', state: 'running', image: 'shop:1' }],
    })
  })
})

describe('Requirement: ECS provider configuration validation', () => {
  it('Scenario: Reject missing required ECS fields', () => {
    const provider = createEcsProvider({ installation: 'test' })
    expect(() => provider.validateConfig({})).toThrow(/cluster_arn.*task_definition_arn/s)
  })

  it('needs neither a network nor credentials, as the server has neither', () => {
    for (const key of Object.keys(process.env)) if (key.startsWith('AWS_')) vi.stubEnv(key, undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
    const provider = createEcsProvider({ installation: 'test', settings: { endpoint_url: 'http://127.0.0.1:1' } })
    const { spec } = fleet.tenant()
    expect(() => provider.validate(spec)).not.toThrow()
    expect(() => provider.validate({ ...spec, providerConfig: { cluster_arn: 'fleet' } })).toThrow(
      /task_definition_arn/,
    )
  })

  it('refuses assume_role where nobody can assume one', () => {
    const config = fleet.config({ assume_role: { role_arn: 'arn:aws:iam::000000000000:role/landlord' } })
    expect(() => createEcsProvider({ installation: 'test' }).validateConfig(config)).toThrow(/assume_role/)
  })
})

describe('Requirement: AWS credential resolution on worker', () => {
  it('Scenario: Use default credential chain', async () => {
    const { url, accessKeys } = await startProxy(fleet.emulator.url)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFROMENVIRONMENT')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_PROFILE', undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
    const provider = createEcsProvider({ installation: 'test', settings: { endpoint_url: url } })
    onTestFinished(() => provider.close?.())
    const { spec } = fleet.tenant()
    const call = { signal: new AbortController().signal, logger: silentLogger, operationId: 'one', generation: 1 }
    const { resourceIds } = await provider.provision(spec, call)
    expect(resourceIds.service_arn).toMatch(/^arn:aws:ecs:/)
    expect(accessKeys).toEqual(new Set(['AKIAFROMENVIRONMENT']))
  })
})

describe('Requirement: ECS service lifecycle management', () => {
  it('Scenario: Update service configuration', async () => {
    const tenant = fleet.tenant()
    await tenant.provision()
    await tenant.settle()
    const providerConfig = fleet.config({ task_definition_arn: fleet.web[1], desired_count: 2 })
    const { status, changes } = await tenant.update({ providerConfig })
    expect({ status, changes }).toEqual({
      status: 'in_progress',
      changes: [
        { path: '/desired_count', from: 1, to: 2, effect: 'in_place' },
        { path: '/task_definition_arn', from: fleet.web[0], to: fleet.web[1], effect: 'replace' },
      ],
    })
    const { state } = await tenant.settle()
    const service = await fleet.service(tenant.serviceName)
    expect({ state, running: service?.runningCount, definition: service?.taskDefinition }).toEqual({
      state: 'running',
      running: 2,
      definition: fleet.web[1],
    })
  })

  it('Scenario: Destroy service', async () => {
    const tenant = fleet.tenant()
    await tenant.provision()
    await tenant.settle()
    const { status, message } = await tenant.destroy()
    expect({ status, message }).toMatchObject({ status: 'in_progress', message: expect.stringContaining('draining') })
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
    const never = fleet.tenant()
    await never.gone()
  })
})
