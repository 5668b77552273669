import { silentLogger } from '@landlord/compute-core'
import { expect, it } from 'vitest'
import type { EcsContext } from './tenant-scope.ts'
import { tenantScope } from './tenant-scope.ts'

const context = { installation: 'landlord', now: () => new Date(0) } as EcsContext
const signal = new AbortController().signal
const priorityOf = (options: { priority?: 'background' }) =>
  tenantScope(context, 'acme', { signal, logger: silentLogger, ...options }).call('watch').priority

it('lets a look that nobody waits for go behind all others', () => {
  expect(priorityOf({})).toBe('watch')
  expect(priorityOf({ priority: 'background' })).toBe('background')
})
