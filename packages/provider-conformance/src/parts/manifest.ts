import type { ComputeProvider } from '@landlord/compute-core'
import type { PartGroup } from '../part.ts'

const MEMBERS_OF = {
  plan: ['plan'],
  listOwned: ['listOwned'],
  logs: ['readLogs'],
  adopt: ['planAdoption', 'adopt'],
} as const

export const manifestParts: PartGroup = {
  title: 'manifest',
  parts: [
    {
      name: 'the provider declares the capabilities that the suite was told',
      async run({ provider, capabilities, expect }) {
        expect({ ...(await provider()).capabilities }).toEqual({ ...capabilities })
      },
    },
    {
      name: 'optional methods exist exactly where the manifest says so',
      async run({ provider, capabilities, expect }) {
        const one = await provider()
        for (const capability of ['plan', 'listOwned', 'logs', 'adopt'] as const) {
          const members: readonly (keyof ComputeProvider)[] = MEMBERS_OF[capability]
          for (const member of members) {
            expect({ [member]: typeof one[member] }).toEqual({
              [member]: capabilities[capability] === true ? 'function' : 'undefined',
            })
          }
        }
      },
    },
    {
      name: 'the provider speaks specification v1 and has a name of lower case, digits and dashes',
      async run({ provider, expect }) {
        const { specificationVersion, name } = await provider()
        expect({ specificationVersion, nameIsValid: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) }).toEqual({
          specificationVersion: 'v1',
          nameIsValid: true,
        })
      },
    },
  ],
}
