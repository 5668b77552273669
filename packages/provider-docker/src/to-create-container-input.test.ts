import { describe, expect, it } from 'vitest'
import { CONTAINER_LABELS } from './container-labels.ts'
import { normaliseConfig } from './normalise-config.ts'
import { toCreateContainerInput } from './to-create-container-input.ts'

const inputOf = (hostOptions: boolean) =>
  toCreateContainerInput({
    desired: {
      config: normaliseConfig({
        image: 'x',
        ports: [{ container_port: 80, host_ip: '127.0.0.1', host_port: 8080 }],
        resources: { memory: 64 },
      }),
      source: { image: 'x' },
      secrets: undefined,
      restartToken: undefined,
      onProgress: () => {},
      operationId: 'op',
      generation: 1,
      suspended: false,
      tenantLabels: {},
    },
    marks: {},
    network: { id: 'network' },
    volumeName: (source) => source,
    apiVersion: [1, 43],
    hostOptions,
  })

describe('toCreateContainerInput', () => {
  it('protects the host of the engine, and publishes at its addresses', () => {
    const { HostConfig, Labels } = inputOf(true)
    expect(HostConfig).toMatchObject({
      SecurityOpt: ['no-new-privileges:true'],
      LogConfig: { Type: 'json-file' },
      PidsLimit: 1024,
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
    })
    expect(Labels?.[CONTAINER_LABELS.hostOptions]).toBe('true')
  })

  it('asks an engine without a host for nothing that is about one, and notes so', () => {
    const { HostConfig, Labels } = inputOf(false)
    for (const name of ['SecurityOpt', 'LogConfig', 'PidsLimit']) expect(HostConfig).not.toHaveProperty(name)
    expect(HostConfig).toMatchObject({
      Memory: 64 * 1024 * 1024,
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
    })
    expect(Labels?.[CONTAINER_LABELS.hostOptions]).toBe('false')
  })
})
