import type { ContainerSpec } from '@landlord/compute-core'
import { detectIo } from '../detect-io.ts'
import { expectThrow } from '../expect-compute-error.ts'
import { neededHook } from '../needed-hook.ts'
import type { PartGroup } from '../part.ts'

const INVALID = ['invalid_spec', 'invalid_config'] as const
const UNSUPPORTED = ['unsupported_specification', 'capability_unsupported'] as const

const container = (name: string): ContainerSpec => ({ name, image: 'image' })

export const specificationParts: PartGroup = {
  title: 'specification',
  parts: [
    {
      name: 'validate accepts what the suite provisions',
      async run({ provider, spec, changed }) {
        const one = await provider()
        const wanted = spec(one)
        one.validate(wanted)
        one.validate(changed(one, wanted))
      },
    },
    {
      name: 'validate refuses a spec for another provider, an empty tenant id and an invalid configuration',
      async run({ provider, spec }) {
        const one = await provider()
        const refuse = (what: string, overrides: object) =>
          expectThrow(what, INVALID, () => one.validate({ ...spec(one), ...overrides }))
        refuse('a spec for another provider', { providerType: `not-${one.name}` })
        refuse('an empty tenant id', { tenantId: '' })
        refuse('an invalid configuration', { providerConfig: { key_that_no_provider_knows: 1 } })
      },
    },
    {
      name: 'validate refuses labels whose keys are reserved for the marks',
      async run({ provider, spec }) {
        const one = await provider()
        const labels = { 'landlord.tenant_id': 'somebody-else' }
        expectThrow('a reserved label', INVALID, () => one.validate({ ...spec(one), labels }))
      },
    },
    {
      name: 'validate does no I/O',
      async run({ provider, spec, expect }) {
        const one = await provider()
        for (const wanted of [spec(one), { ...spec(one), tenantId: '' }]) {
          const io = await detectIo(() => {
            try {
              one.validate(wanted)
            } catch {
              // Whether it is refused is another part's question.
            }
          })
          expect({ io }).toEqual({ io: [] })
        }
      },
    },
    {
      name: 'without `multipleContainers`, validate refuses two containers',
      when: (capabilities) => !capabilities.multipleContainers,
      async run({ provider, spec }) {
        const one = await provider()
        const wanted = { ...spec(one), containers: [container('one'), container('two')] }
        expectThrow('two containers', UNSUPPORTED, () => one.validate(wanted))
      },
    },
    {
      name: 'without `secrets`, validate refuses secrets',
      when: (capabilities) => !capabilities.secrets,
      async run({ provider, spec }) {
        const one = await provider()
        const wanted = { ...spec(one), secrets: [{ name: 'PASSWORD', valueFrom: 'env:PASSWORD' }] }
        expectThrow('a secret', UNSUPPORTED, () => one.validate(wanted))
      },
    },
    {
      name: 'with `multipleContainers`, every container of the spec runs',
      when: (capabilities) => capabilities.multipleContainers,
      async run(bench) {
        const one = await bench.provider()
        const containers = [...neededHook(bench, 'containers', 'multipleContainers')]
        const { containers: running } = await bench.run(one, bench.spec(one, { containers }))
        const names = new Set(running.map(({ name }) => name))
        bench.expect(containers.filter(({ name }) => !names.has(name))).toEqual([])
      },
    },
  ],
}
