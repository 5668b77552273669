import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { planTask } from './task-plan.ts'

const container = (name: string, more: ContainerDefinition = {}): ContainerDefinition => ({
  name,
  image: 'shop:1',
  ...more,
})
const task = (
  containerDefinitions: ContainerDefinition[],
  more: Partial<RegisterTaskDefinitionRequest> = {},
): RegisterTaskDefinitionRequest => ({ family: 'web', networkMode: 'awsvpc', containerDefinitions, ...more })
const after = (containerName: string, condition: 'START' | 'SUCCESS') => ({ dependsOn: [{ containerName, condition }] })

describe('the plan of a task', () => {
  it('starts dependencies first and shares the network of the first that stays', () => {
    const plan = planTask(
      task([
        container('app', after('migrate', 'SUCCESS')),
        container('agent', { essential: false }),
        container('migrate', { essential: false }),
      ]),
    )
    expect(plan.containers.map(({ name }) => name)).toEqual(['agent', 'migrate', 'app'])
    expect(plan.networkOwner).toBe('agent')
  })

  it('refuses dependencies that go round in a circle or lead nowhere', () => {
    const circle = [container('one', after('two', 'START')), container('two', after('one', 'START'))]
    expect(() => planTask(task(circle))).toThrow('go round in a circle')
    expect(() => planTask(task([container('one', after('none', 'START'))]))).toThrow('name an unknown container')
  })

  it.each([
    ['256', '512', 256, 512],
    ['.25 vCPU', '0.5 GB', 256, 512],
    [undefined, undefined, undefined, undefined],
  ])('reads cpu %s and memory %s', (cpu, memory, cpuUnits, mib) => {
    expect(planTask(task([container('app')], { cpu, memory }))).toMatchObject({ cpu: cpuUnits, memory: mib })
  })

  it('lays overrides over the definition, variable by variable', () => {
    const environment = [
      { name: 'KEEP', value: 'a' },
      { name: 'CHANGE', value: 'b' },
    ]
    const overrides = { name: 'app', command: ['migrate'], environment: [{ name: 'CHANGE', value: 'c' }] }
    const plan = planTask(task([container('app', { environment })]), { containerOverrides: [overrides] })
    expect(plan.containers[0]?.definition).toMatchObject({
      image: 'shop:1',
      command: ['migrate'],
      environment: [
        { name: 'KEEP', value: 'a' },
        { name: 'CHANGE', value: 'c' },
      ],
    })
  })

  it('does not mind defaults that clients spell out', () => {
    const spelled = {
      secrets: [],
      privileged: false,
      volumesFrom: [],
      linuxParameters: { devices: [], capabilities: {} },
    }
    expect(planTask(task([container('app', spelled)], { volumes: [{ name: 'site', host: {} }] })).volumes).toEqual([
      'site',
    ])
  })

  it('mounts no volume of the engine that is not the own of the task', () => {
    const mountPoints = [{ sourceVolume: 'postgres_data', containerPath: '/data' }]
    expect(() => planTask(task([container('app', { mountPoints })]))).toThrow(
      'does not support app.mountPoints postgres_data.',
    )
  })

  it.each<[string, ContainerDefinition, Partial<RegisterTaskDefinitionRequest>]>([
    ['app.privileged', { privileged: true }, {}],
    ['app.linuxParameters.capabilities.add', { linuxParameters: { capabilities: { add: ['SYS_ADMIN'] } } }, {}],
    ['app.linuxParameters.devices', { linuxParameters: { devices: [{ hostPath: '/dev/mem' }] } }, {}],
    ['app.dockerSecurityOptions', { dockerSecurityOptions: ['apparmor:unconfined'] }, {}],
    ['app.volumesFrom', { volumesFrom: [{ sourceContainer: 'other' }] }, {}],
    ['app.links', { links: ['other'] }, {}],
    ['app.resourceRequirements', { resourceRequirements: [{ type: 'GPU', value: '1' }] }, {}],
    ['volume socket', {}, { volumes: [{ name: 'socket', host: { sourcePath: '/var/run/docker.sock' } }] }],
    ['volume other', {}, { volumes: [{ name: 'other', dockerVolumeConfiguration: { scope: 'shared' } }] }],
    ['pidMode', {}, { pidMode: 'host' }],
    ['ipcMode', {}, { ipcMode: 'host' }],
  ])('does not let a task reach the machine by %s', (named, definition, more) => {
    expect(() => planTask(task([container('app', definition)], more))).toThrow(`does not support ${named}.`)
  })

  it('names everything that is not supported at once', () => {
    const strange = {
      privileged: true,
      linuxParameters: { capabilities: { add: ['NET_ADMIN'] } },
      logConfiguration: { logDriver: 'splunk' as const },
      portMappings: [{ containerPortRange: '80-90' }],
    }
    const volumes = [{ name: 'disk', host: { sourcePath: '/srv' } }]
    expect(() => planTask(task([container('app', strange)], { volumes, pidMode: 'host' }))).toThrow(
      'does not support pidMode, volume disk, app.privileged, app.linuxParameters.capabilities.add, app.logConfiguration splunk, app.portMappings.containerPortRange.',
    )
  })
})
