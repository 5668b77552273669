import type { ComputeProvider, ProviderCapabilities } from '@landlord/compute-core'
import type { ConformanceHarness } from '../conformance-harness.ts'
import { breakProvider } from './break-provider.ts'
import type { Defect } from './defect.ts'
import { exampleName } from './example-name.ts'
import { createExampleProvider } from './example-provider.ts'
import type { ExampleSettings } from './example-scope.ts'
import { createExampleTarget, type ExampleResource, keyOf } from './example-target.ts'

export function createExampleHarness(capabilities: ProviderCapabilities, defect?: Defect): ConformanceHarness {
  const target = createExampleTarget()
  return {
    createProvider({ installation, target: condition }) {
      const settings: ExampleSettings = { installation, target, condition, capabilities, defect }
      const provider = breakProvider(createExampleProvider(settings), settings)
      return defect === 'has a method that is not declared' ? provider : withoutUndeclared(provider, capabilities)
    },
    config: { image: 'app:1', password: 'correct-horse' },
    changedConfig: { image: 'app:2', size: 2, password: 'correct-horse' },
    changedPaths: ['/image', '/size'],
    invalidConfigs: [{ image: 'app:1', size: 0 }],
    containers: [
      { name: 'web', image: 'web' },
      { name: 'worker', image: 'worker' },
    ],
    secret: { name: 'TOKEN', valueFrom: 'env:TOKEN' },
    countWrites: () => (defect === 'the harness counts nothing' ? 0 : target.writes),
    listRaw(tenantId) {
      const name = exampleName(tenantId)
      const all = [...target.resources.values()]
      const found = all.filter((each) => each.name === name || each.name.startsWith(`${name}--`))
      return defect === 'the harness finds nothing' ? [] : found
    },
    createForeign(tenantId) {
      const resource = foreignInstance({ name: exampleName(tenantId), id: 'foreign' })
      target.resources.set(keyOf(resource), resource)
      return { read: () => target.resources.get(keyOf(resource)) }
    },
    createAdoptable() {
      const resource = foreignInstance({ name: 'made-by-hand', id: 'by-hand' })
      target.resources.set(keyOf(resource), resource)
      const read = () => [...target.resources.values()].find(({ id }) => id === resource.id)?.config
      return { resource: resource.id, read }
    },
  }
}

function foreignInstance(identity: { readonly name: string; readonly id: string }): ExampleResource {
  return {
    kind: 'instance',
    ...identity,
    labels: {},
    config: { image: 'theirs', size: 1 },
    containers: ['main'],
    suspended: false,
    restartToken: '',
    secrets: {},
    served: false,
  }
}

function withoutUndeclared(provider: ComputeProvider, capabilities: ProviderCapabilities): ComputeProvider {
  const { plan, listOwned, readLogs, planAdoption, adopt, ...always } = provider
  return {
    ...always,
    ...(capabilities.plan && plan !== undefined ? { plan } : {}),
    ...(capabilities.listOwned && listOwned !== undefined ? { listOwned } : {}),
    ...(capabilities.adopt === true && planAdoption !== undefined ? { planAdoption } : {}),
    ...(capabilities.adopt === true && adopt !== undefined ? { adopt } : {}),
    ...(capabilities.logs && readLogs !== undefined ? { readLogs } : {}),
  }
}
