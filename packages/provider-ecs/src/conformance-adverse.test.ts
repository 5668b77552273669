import { conformance } from '@landlord/provider-conformance'
import { describe, expect, it, vi } from 'vitest'
import { createHarness } from './__fixtures__/conformance-harness.ts'
import { ecsCapabilities } from './ecs-capabilities.ts'

// Reads that lag and answers that get lost are in chaos.test.ts instead. The suite asks for a tenant without its handle right
// after it was made, as after a lost answer: where reads lag, "not found" is then the truth. And it counts writes.
const CONDITIONS = [
  { title: 'on an ECS whose deleted services are gone at once (noDraining)', quirks: { noDraining: true } },
  { title: 'on an ECS whose deployments look complete at once (instantStability)', quirks: { instantStability: true } },
] as const

// Tests wait more than they compute.
vi.setConfig({ maxConcurrency: 8 })

for (const { title, quirks } of CONDITIONS) {
  describe.concurrent(title, () => {
    conformance({
      ...{ describe, it, expect, capabilities: ecsCapabilities },
      createHarness: () => createHarness(({ emulator }) => emulator.control.setQuirks(quirks)),
    })
  })
}
