import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createWorkerMetrics } from './worker-metrics.ts'

const docs = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')

it('docs/metrics.md has every metric of the worker with its type and labels, and no other', () => {
  const section = /^## Worker\n([\s\S]*?)^## /m.exec(docs)?.[1] ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| ([\w, ]*)\|/gm)].map(([, name, type, labels]) => [
    name,
    type,
    labels?.trim(),
  ])
  const sources = { countSteps: () => 0, isRegistered: () => true, slotUse: () => [], observeSlotUse: () => [] }
  const existing = createWorkerMetrics(sources)
    .registry.getMetricsAsArray()
    .filter(({ name }) => name.startsWith('landlord_'))
    .map((metric) => [
      metric.name,
      metric.constructor.name.toLowerCase(),
      (Reflect.get(metric, 'labelNames') as string[]).join(', '),
    ])
  expect(documented.toSorted()).toEqual(existing.toSorted())
})
