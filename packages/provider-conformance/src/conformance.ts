import type { ProviderCapabilities } from '@landlord/compute-core'
import { openBench } from './bench.ts'
import type { ConformanceHarness } from './conformance-harness.ts'
import type { PartGroup } from './part.ts'
import { abortParts } from './parts/abort.ts'
import { adoptionParts } from './parts/adoption.ts'
import { configurationParts } from './parts/configuration.ts'
import { destroyParts } from './parts/destroy.ts'
import { errorParts } from './parts/errors.ts'
import { fleetParts } from './parts/fleet.ts'
import { listOwnedParts } from './parts/list-owned.ts'
import { logParts } from './parts/logs.ts'
import { manifestParts } from './parts/manifest.ts'
import { ownershipParts } from './parts/ownership.ts'
import { planParts } from './parts/plan.ts'
import { provisionParts } from './parts/provision.ts'
import { resultParts } from './parts/results.ts'
import { secretParts } from './parts/secrets.ts'
import { specificationParts } from './parts/specification.ts'
import { statusParts } from './parts/status.ts'
import { suspendParts } from './parts/suspend.ts'
import { updateParts } from './parts/update.ts'
import type { TestRunner } from './test-runner.ts'

export interface ConformanceOptions extends TestRunner {
  /** The provider's manifest. It alone decides which parts are skipped; a test compares it with the provider's own. */
  readonly capabilities: ProviderCapabilities
  /** Called before each test. */
  readonly createHarness: () => ConformanceHarness | Promise<ConformanceHarness>
  /** How long a tenant may take to settle or to go. Default 60 s. */
  readonly settleTimeoutMs?: number
  /** How long a test may take in all. Default four times the above. */
  readonly testTimeoutMs?: number
}

const DEFAULT_SETTLE_TIMEOUT_MS = 60_000

const groups: readonly PartGroup[] = [
  manifestParts,
  configurationParts,
  specificationParts,
  provisionParts,
  statusParts,
  updateParts,
  destroyParts,
  ownershipParts,
  abortParts,
  errorParts,
  resultParts,
  fleetParts,
  planParts,
  listOwnedParts,
  logParts,
  suspendParts,
  adoptionParts,
  secretParts,
]

/** Registers the suite with a test runner: everything that provider contract v1 promises, as one test each. */
export function conformance(options: ConformanceOptions): void {
  const { describe, it, expect, capabilities, createHarness } = options
  const settleTimeoutMs = options.settleTimeoutMs ?? DEFAULT_SETTLE_TIMEOUT_MS
  const testTimeoutMs = options.testTimeoutMs ?? 4 * settleTimeoutMs

  describe('compute provider contract v1', () => {
    for (const { title, parts } of groups) {
      describe(title, () => {
        for (const part of parts) {
          if (part.when?.(capabilities) === false) {
            it.skip(part.name, () => {})
            continue
          }
          const run = async () => {
            const bench = await openBench({ harness: await createHarness(), capabilities, expect, settleTimeoutMs })
            try {
              await part.run(bench)
            } finally {
              await bench.close()
            }
          }
          it(part.name, run, testTimeoutMs)
        }
      })
    }
  })
}
