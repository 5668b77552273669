import { ComputeError, type ComputeProvider } from '@landlord/compute-core'
import { type ConformanceHarness, conformance } from '@landlord/provider-conformance'
import { describe, expect, it, vi } from 'vitest'
import { createHarness } from './__fixtures__/conformance-harness.ts'
import type { Fleet } from './__fixtures__/start-fleet.ts'
import { ecsCapabilities } from './ecs-capabilities.ts'

const WRITES = ['CreateService', 'UpdateService', 'DeleteService', 'TagResource', 'UntagResource']

interface Condition {
  readonly title: string
  readonly spoil: (fleet: Fleet) => void
}

// Reads that lag are in chaos.test.ts instead. The suite asks for a tenant without its handle right after it was made, as
// after a lost answer: where reads lag, "not found" is then the truth.
const CONDITIONS: readonly Condition[] = [
  {
    title: 'on an ECS whose deleted services are gone at once (noDraining)',
    spoil: ({ emulator }) => emulator.control.setQuirks({ noDraining: true }),
  },
  {
    title: 'on an ECS whose deployments look complete at once (instantStability)',
    spoil: ({ emulator }) => emulator.control.setQuirks({ instantStability: true }),
  },
  {
    title: 'on an ECS at its real request rates, used up by others when the tenant arrives',
    spoil: ({ emulator: { control } }) => {
      control.setThrottling(true)
      const fault = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
      for (const operation of [...WRITES, 'DescribeServices']) control.injectFault({ operation, fault })
    },
  },
  {
    title: 'on an ECS whose first answer to each kind of change is lost',
    spoil: ({ emulator }) => {
      for (const operation of WRITES) emulator.control.injectFault({ operation, fault: { kind: 'lost_reply' } })
    },
  },
]

// Tests wait more than they compute.
vi.setConfig({ maxConcurrency: 8 })

for (const { title, spoil } of CONDITIONS) {
  describe.concurrent(title, () => {
    conformance({
      ...{ describe, it, expect, capabilities: ecsCapabilities },
      createHarness: async () => tryingAgain(await createHarness(spoil)),
    })
  })
}

/** As the worker does it: an update that failed for a passing reason is made again, by the same operation. */
function tryingAgain(harness: ConformanceHarness): ConformanceHarness {
  return {
    ...harness,
    async createProvider(options) {
      const provider = await harness.createProvider(options)
      const update: ComputeProvider['update'] = async (...parameters) => {
        try {
          return await provider.update(...parameters)
        } catch (error) {
          if (!ComputeError.isInstance(error) || !error.retryable || parameters[2].signal.aborted) throw error
          return await provider.update(...parameters)
        }
      }
      return { ...provider, update }
    },
  }
}
