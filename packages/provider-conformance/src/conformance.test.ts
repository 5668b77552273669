import type { ProviderCapabilities } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { DEFECTS, type Defect } from './__fixtures__/defect.ts'
import { createExampleHarness } from './__fixtures__/example-harness.ts'
import { exampleCapabilities } from './__fixtures__/example-validation.ts'
import { type CollectedResult, runCollected } from './__fixtures__/run-collected.ts'

const everything: ProviderCapabilities = { ...exampleCapabilities, multipleContainers: true, secrets: true }
const nothing: ProviderCapabilities = {
  plan: false,
  listOwned: false,
  logs: false,
  suspend: false,
  restart: false,
  multipleContainers: false,
  secrets: false,
  rollingUpdate: false,
  ownership: false,
}

/** The manifests of the providers whose defect shows under another one only. */
const manifests: Partial<Record<Defect, ProviderCapabilities>> = {
  'has a method that is not declared': { ...exampleCapabilities, logs: false },
  'runs the first container only': everything,
  'cannot use secrets': everything,
  'does not update a secret': everything,
  'does not plan a secret': everything,
  'logs the secret': everything,
  'marks the secret': everything,
  'reads secrets late': everything,
  'accepts a suspended tenant': { ...exampleCapabilities, suspend: false },
  // With `restart`, the part about it would count as well.
  'the harness counts nothing': { ...exampleCapabilities, restart: false },
  'accepts a restart token': { ...exampleCapabilities, restart: false },
}

function runSuite(capabilities: ProviderCapabilities, defect?: Defect): Promise<CollectedResult> {
  return runCollected({
    capabilities,
    createHarness: () => createExampleHarness(capabilities, defect),
    settleTimeoutMs: 1_000,
  })
}

describe('a provider without a fault', () => {
  it.each([
    ['all capabilities', everything],
    ['some', exampleCapabilities],
    ['none', nothing],
  ])('passes with %s', async (_name, capabilities) => {
    expect((await runSuite(capabilities)).failed).toEqual([])
  })

  it('is never asked for what the manifest does not declare, and for nothing else', async () => {
    const { skipped } = await runSuite(nothing)
    expect(
      skipped.filter((name) => !/^with |plan|listOwned|readLogs|foreign|installation|marks|adopt/.test(name)),
    ).toEqual([])
    expect((await runSuite(everything)).skipped.filter((name) => !name.startsWith('without '))).toEqual([])
  })
})

describe('a provider with a defect fails the parts that are about it, and no others', () => {
  it.each(Object.keys(DEFECTS) as Defect[])('%s', async (defect) => {
    const { failed } = await runSuite(manifests[defect] ?? exampleCapabilities, defect)
    expect(failed.sort()).toEqual([...DEFECTS[defect]].sort())
  })

  it('covers every part of the suite', async () => {
    const runs = await Promise.all([runSuite(everything), runSuite(nothing)])
    const parts = new Set(runs.flatMap(({ passed, failed }) => [...passed, ...failed]))
    const covered = new Set<string>(Object.values(DEFECTS).flat())
    expect([...parts].filter((part) => !covered.has(part))).toEqual([])
  })
})

describe('a harness', () => {
  it('that lacks what the manifest calls for fails', async () => {
    const createHarness = () => {
      const {
        createForeign: _,
        createAdoptable: ____,
        containers: __,
        secret: ___,
        ...bare
      } = createExampleHarness(everything)
      return bare
    }
    const { failed } = await runCollected({ capabilities: everything, createHarness })
    expect(failed.filter((name) => !/foreign|adopt/.test(name))).toEqual([
      'with `multipleContainers`, every container of the spec runs',
      'with `secrets`, a tenant with a secret comes to run',
      'with `secrets`, a value that has changed is applied by the next update, once',
      'with `secrets` and `plan`, a value that has changed is seen by the plan',
      'with `secrets`, a value reaches no log, change, handle, status, message or mark',
      'with `secrets`, one that cannot be read is secret_unavailable, before any write',
    ])
    expect(failed.filter((name) => name.includes('foreign'))).toHaveLength(4)
  })

  it.each([
    ['whose two configurations are equal', { changedConfig: { password: 'correct-horse', image: 'app:1' } }],
    ['that names no path of the change', { changedPaths: [] }],
    ['that does both', { changedConfig: { image: 'app:1', password: 'correct-horse' }, changedPaths: [] }],
  ])('%s fails every part about a change', async (_what, mistake) => {
    const { failed, reasons } = await runCollected({
      capabilities: nothing,
      createHarness: () => ({ ...createExampleHarness(nothing), ...mistake }),
      settleTimeoutMs: 1_000,
    })
    expect(failed).toContain('an update reports exactly what changed, and a fresh instance sees it as done')
    expect(reasons).toEqual(reasons.map(() => expect.stringMatching(/^ConformanceError: .*`changed(Config|Paths)`/)))
  })
})
