import { describe, expect, it } from 'vitest'
import { testCapabilities } from './__fixtures__/create-test-provider.ts'
import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import type { ProviderCapabilities } from './provider-capabilities.ts'
import type { TenantComputeSpec } from './tenant-compute-spec.ts'
import { validateSpec } from './validate-spec.ts'

const spec = (overrides: Partial<TenantComputeSpec> = {}): TenantComputeSpec => ({
  tenantId: 'acme',
  providerType: 'test',
  containers: [],
  providerConfig: {},
  ...overrides,
})

const provider = (capabilities: Partial<ProviderCapabilities> = {}) => ({
  name: 'test',
  capabilities: { ...testCapabilities, ...capabilities },
})

function issuesOf(wanted: TenantComputeSpec): string[] {
  try {
    validateSpec(wanted, provider({ multipleContainers: true, secrets: true }))
  } catch (error) {
    if (InvalidSpecError.isInstance(error)) return error.issues.map(({ path }) => path)
    throw error
  }
  return []
}

describe('validateSpec', () => {
  it('accepts a whole spec', () => {
    const web = { name: 'web', image: 'web:1', ports: [{ containerPort: 65_535 }], resources: { cpuMillicores: 250 } }
    const whole = spec({
      containers: [web, { name: 'worker', image: 'worker:1' }],
      resources: { memoryMiB: 512 },
      networking: { ports: [{ containerPort: 1 }] },
      secrets: [{ name: 'TOKEN', valueFrom: 'env:TOKEN' }],
      labels: { tier: 'pro' },
    })
    expect(issuesOf(whole)).toEqual([])
  })

  it('reports every issue at once, each with its pointer', () => {
    const broken = spec({
      tenantId: '',
      providerType: 'other',
      labels: { 'landlord.owner': 'me' },
      resources: { cpuMillicores: 0, memoryMiB: Number.NaN, storageMiB: -1 },
      networking: { ports: [{ containerPort: 0 }, { containerPort: 80 }, { containerPort: 1.5 }] },
      containers: [
        { name: 'a', image: '' },
        { name: 'a', image: 'x', ports: [{ containerPort: 65_536 }], resources: { memoryMiB: 0 } },
        { name: '', image: 'x' },
      ],
      secrets: [{ name: '', valueFrom: '' }],
    })
    expect(issuesOf(broken).sort()).toEqual([
      '/containers/0/image',
      '/containers/1/name',
      '/containers/1/ports/0/containerPort',
      '/containers/1/resources/memoryMiB',
      '/containers/2/name',
      '/labels/landlord.owner',
      '/networking/ports/0/containerPort',
      '/networking/ports/2/containerPort',
      '/providerType',
      '/resources/cpuMillicores',
      '/resources/memoryMiB',
      '/resources/storageMiB',
      '/secrets/0/name',
      '/secrets/0/valueFrom',
      '/tenantId',
    ])
  })

  it.each([
    [
      'multipleContainers',
      { containers: ['a', 'b'].map((name) => ({ name, image: 'x' })) },
      'unsupported_specification',
    ],
    ['secrets', { secrets: [{ name: 'A', valueFrom: 'env:B' }] }, 'unsupported_specification'],
    ['suspend', { suspended: true }, 'capability_unsupported'],
    ['restart', { restartToken: 'now' }, 'capability_unsupported'],
  ] as const)('refuses what needs `%s`, unless it is declared', (capability, overrides, code) => {
    const wanted = spec(structuredClone(overrides) as Partial<TenantComputeSpec>)
    expect(() => validateSpec(wanted, provider())).toThrow(expect.objectContaining({ code, retryable: false }))
    expect(() => validateSpec(wanted, provider({ [capability]: true }))).not.toThrow()
  })

  it('accepts a tenant that is not suspended from every provider', () => {
    expect(() => validateSpec(spec({ suspended: false }), provider())).not.toThrow()
  })
})
