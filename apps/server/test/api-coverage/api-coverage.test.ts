import { routes } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { ApiCoverage } from './api-coverage.ts'
import { takeSeen } from './recordings.ts'

const seen = takeSeen()
const skipped = seen === undefined ? " (skipped: it needs the server's tests in the same run)" : ''

describe.skipIf(seen === undefined)(`the server's tests${skipped}`, () => {
  it('have exercised every route, status, field and problem of the contract', () => {
    expect(new ApiCoverage(routes).promised().filter((item) => !seen?.has(item))).toEqual([])
  })
})
