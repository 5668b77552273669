import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

const docs = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')

it('docs/metrics.md has every metric of the server with its type and labels, and no other', () => {
  const section = /^## Server\n([\s\S]*?)^## /m.exec(docs)?.[1] ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| ([\w, ]*)\|/gm)].map(([, name, type, labels]) => [
    name,
    type,
    labels?.trim(),
  ])
  const sources = {
    countTenants: async () => [],
    countOpenOperations: async () => [],
    countWaits: () => 0,
    countDrift: async () => [],
    countLooks: async () => 0,
    readOldestLook: async () => undefined,
    isBrakeApplied: async () => false,
    countStreams: () => 0,
    countDeliveries: async () => ({ count: 0 }),
  }
  const existing = createMetrics(sources, () => new Date())
    .registry.getMetricsAsArray()
    .filter(({ name }) => name.startsWith('landlord_'))
    .map((metric) => [
      metric.name,
      metric.constructor.name.toLowerCase(),
      (Reflect.get(metric, 'labelNames') as string[]).join(', '),
    ])
  expect(documented.toSorted()).toEqual(existing.toSorted())
})
