import type { ComputeProvider, ProviderCapabilities } from '@landlord/compute-core'
import type { ConformanceHarness } from '../conformance-harness.ts'
import { breakProvider } from './break-provider.ts'
import type { Defect } from './defect.ts'
import { exampleName } from './example-name.ts'
import { createExampleProvider } from './example-provider.ts'
import type { ExampleSettings } from './example-scope.ts'
import { createExampleTarget, keyOf } from './example-target.ts'

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
    secret: { name: 'TOKEN', valueFrom: 'vault/token' },
    countWrites: () => (defect === 'the harness counts nothing' ? 0 : target.writes),
    listRaw(tenantId) {
      const name = exampleName(tenantId)
      const all = [...target.resources.values()]
      const found = all.filter((each) => each.name === name || each.name.startsWith(`${name}--`))
      return defect === 'the harness finds nothing' ? [] : found
    },
    createForeign(tenantId) {
      const resource = {
        kind: 'instance' as const,
        name: exampleName(tenantId),
        id: 'foreign',
        labels: {},
        config: { image: 'theirs', size: 1 },
        containers: ['main'],
        suspended: false,
        restartToken: '',
        served: false,
      }
      target.resources.set(keyOf(resource), resource)
      return { read: () => target.resources.get(keyOf(resource)) }
    },
  }
}

function withoutUndeclared(provider: ComputeProvider, capabilities: ProviderCapabilities): ComputeProvider {
  const { plan, listOwned, readLogs, ...always } = provider
  return {
    ...always,
    ...(capabilities.plan && plan !== undefined ? { plan } : {}),
    ...(capabilities.listOwned && listOwned !== undefined ? { listOwned } : {}),
    ...(capabilities.logs && readLogs !== undefined ? { readLogs } : {}),
  }
}
