import { describe, expect, it } from 'vitest'
import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import { assertNoReservedKeys, isOwnedBy, ownershipMarks, readOwnership, reservedKeyIssues } from './ownership.ts'

const ownership = { tenantId: 'acme', provider: 'docker', installation: 'prod' }

describe('ownership marks', () => {
  it('are the four documented labels', () => {
    expect(ownershipMarks(ownership)).toEqual({
      'landlord.owner': 'landlord',
      'landlord.tenant_id': 'acme',
      'landlord.provider': 'docker',
      'landlord.installation': 'prod',
    })
  })

  it('are read back among other labels', () => {
    expect(readOwnership({ team: 'x', ...ownershipMarks(ownership) })).toEqual(ownership)
  })

  it.each(Object.keys(ownershipMarks(ownership)))('are nothing without %s', (key) => {
    const { [key]: _, ...rest } = ownershipMarks(ownership)
    expect(readOwnership(rest)).toBeUndefined()
    expect(isOwnedBy(rest, ownership)).toBe(false)
  })

  it.each([undefined, null, {}])('are not in %j', (labels) => {
    expect(readOwnership(labels)).toBeUndefined()
  })

  it.each(['tenantId', 'provider', 'installation'] as const)('of another %s are not ours', (key) => {
    expect(isOwnedBy(ownershipMarks({ ...ownership, [key]: 'other' }), ownership)).toBe(false)
  })

  it('of another owner are not ours', () => {
    expect(isOwnedBy({ ...ownershipMarks(ownership), 'landlord.owner': 'someone' }, ownership)).toBe(false)
  })
})

describe('reserved keys', () => {
  it('are refused from users in any case, and only they', () => {
    const labels = { 'landlord.tenant_id': 'x', 'Landlord.Owner': 'y', landlord: 'z', 'my.landlord.key': 'a' }
    expect(reservedKeyIssues(labels, '/labels').map(({ path }) => path)).toEqual([
      '/labels/landlord.tenant_id',
      '/labels/Landlord.Owner',
    ])
    expect(() => assertNoReservedKeys(labels, '/tags')).toThrow(InvalidSpecError)
    expect(() => assertNoReservedKeys({ team: 'x' }, '/tags')).not.toThrow()
  })
})
