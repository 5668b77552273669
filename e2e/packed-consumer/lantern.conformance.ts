import { describe, it } from 'node:test'
import { conformance } from '@landlord/provider-conformance'
import { expect } from 'expect'
import { createLanternProvider, lanternCapabilities } from './lantern-provider.js'
import { Street } from './street.js'

conformance({
  describe,
  it,
  expect,
  capabilities: lanternCapabilities,
  settleTimeoutMs: 5000,
  createHarness() {
    const street = new Street()
    const streets = { live: street, silent: new Street('silent'), unreachable: new Street('unreachable') }
    return {
      createProvider: ({ installation, target }) => createLanternProvider({ installation, street: streets[target] }),
      config: { colour: 'red' },
      changedConfig: { colour: 'green' },
      changedPaths: ['/colour'],
      countWrites: () => street.writes,
      listRaw: (tenantId) => street.list(`/${tenantId}`),
    }
  },
})
