import { describe, expect, it } from 'vitest'
import { type AssumeRoleSettings, checkAssumeRole } from './assume-role.ts'
import { defaultSessionName, isSessionName } from './session-name.ts'

const REGION = 'eu-central-1'
const ROLE: AssumeRoleSettings = { roleArn: 'arn:aws:iam::111122223333:role/landlord', sessionName: 'landlord-prod' }

describe('checkAssumeRole', () => {
  it('accepts the limits', () => {
    const sessionTags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key ${index}`, 'ä'.repeat(256)]))
    const longest = { ...ROLE, externalId: 'x'.repeat(1224), durationSeconds: 43_200, sessionTags }
    expect(() => checkAssumeRole(longest, REGION)).not.toThrow()
    expect(() => checkAssumeRole({ ...ROLE, durationSeconds: 900 }, REGION)).not.toThrow()
  })

  it.each<[Partial<AssumeRoleSettings>, RegExp]>([
    [{ roleArn: 'landlord' }, /is not an ARN of the form/],
    [{ roleArn: 'arn:aws-cn:iam::111122223333:role/landlord' }, /is of partition aws-cn, but region eu-central-1/],
    [{ sessionName: 'a b' }, /session name must be 2 to 64/],
    [{ externalId: 'not allowed!' }, /^((?!not allowed!).)*external id((?!not allowed!).)*$/],
    [{ durationSeconds: 899 }, /900 to 43200 whole seconds, but it is 899/],
    [{ durationSeconds: 43_201 }, /but it is 43201/],
    [{ durationSeconds: 900.5 }, /whole seconds/],
    [{ sessionTags: { 'aws:x': 'y' } }, /session tag "aws:x"/],
    [{ sessionTags: { key: 'semi;colon' } }, /session tag "key"/],
    [{ sessionTags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) }, /but there are 51/],
  ])('refuses %j', (change, message) => {
    expect(() => checkAssumeRole({ ...ROLE, ...change }, REGION)).toThrow(message)
  })
})

describe('defaultSessionName', () => {
  it('names installation and tenant', () => {
    expect(defaultSessionName({ installation: 'prod', tenantId: 'acme' })).toBe('landlord-prod-acme')
    expect(defaultSessionName({ installation: 'prod' })).toBe('landlord-prod')
  })

  it('fits whatever the id is, and keeps different ids apart', () => {
    const ids = ['a b', 'a/b', 'ä', '名前', 'x'.repeat(200), `${'x'.repeat(200)}y`, '', '\n']
    const names = ids.map((tenantId) => defaultSessionName({ installation: 'prod', tenantId }))
    expect(names.filter((name) => !isSessionName(name))).toEqual([])
    expect(new Set(names).size).toBe(ids.length)
    expect(defaultSessionName({ installation: 'prod', tenantId: 'a b' })).toBe(names[0])
  })
})
