import { describe, expect, it } from 'vitest'
import { testCapabilities } from './__fixtures__/create-test-provider.ts'
import { diffSecrets } from './diff-secrets.ts'
import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import { type ResolvedSecret, resolveSecrets } from './resolve-secrets.ts'
import { parseSecretReference } from './secret-reference.ts'
import type { SecretReference, TenantComputeSpec } from './tenant-compute-spec.ts'
import { validateSpec } from './validate-spec.ts'

const { signal } = new AbortController()

describe('a reference to a secret', () => {
  it.each([
    ['env:LANDLORD_SECRET_DB', 'env', 'LANDLORD_SECRET_DB'],
    ['file:/run/secrets/db', 'file', '/run/secrets/db'],
    [
      'aws-secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::',
      'aws-secretsmanager',
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::',
    ],
    ['aws-ssm:/prod/db', 'aws-ssm', '/prod/db'],
    ['aws-ssm:arn:aws-cn:ssm:cn-north-1:123456789012:parameter/prod/db', 'aws-ssm', undefined],
  ])('%s', (text, scheme, target) => {
    expect(parseSecretReference(text)).toEqual({ scheme, target: target ?? text.slice(text.indexOf(':') + 1) })
  })

  it.each([
    'hunter2',
    '',
    'env:',
    'env:NOT-A-NAME',
    'file:relative',
    'file:',
    'vault:db',
    'https://x',
    'ENV:X',
    'aws-ssm:a b',
  ])('is not %j, and no error repeats that', (valueFrom) => {
    const error = refusal([{ name: 'DB', valueFrom }])
    expect(error.issues).toEqual([
      { path: '/secrets/0/valueFrom', keyword: 'rule', message: expect.stringContaining('env:NAME') },
    ])
    if (valueFrom.length > 6) expect(JSON.stringify(error)).not.toContain(valueFrom)
  })

  it('has a name that can be a variable, once', () => {
    const valueFrom = 'env:A'
    const { issues } = refusal(['A', 'A', 'a b', ''].map((name) => ({ name, valueFrom })))
    expect(issues.map(({ path }) => path)).toEqual(['/secrets/1/name', '/secrets/2/name', '/secrets/3/name'])
  })
})

function refusal(secrets: SecretReference[]): InvalidSpecError {
  const spec: TenantComputeSpec = { tenantId: 't', providerType: 'p', containers: [], providerConfig: {}, secrets }
  try {
    validateSpec(spec, { name: 'p', capabilities: { ...testCapabilities, secrets: true } })
  } catch (error) {
    if (InvalidSpecError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const secret = (value: string): ResolvedSecret => ({ fingerprint: `f-${value}`, reveal: () => value })

describe('resolveSecrets', () => {
  it('reads each by its name, and shows no value to whoever prints the result', async () => {
    const secrets = [
      { name: 'A', valueFrom: 'env:A' },
      { name: 'B', valueFrom: 'env:B' },
    ]
    const resolved = await resolveSecrets(
      { secrets },
      { signal, resolveSecret: async ({ valueFrom }) => secret(`value of ${valueFrom}`) },
    )
    expect(resolved.B?.reveal()).toBe('value of env:B')
    expect(JSON.stringify({ ...resolved.A, fingerprint: '' })).not.toContain('value of')
  })

  it('needs somebody who reads them, unless there are none', async () => {
    expect(await resolveSecrets({}, { signal })).toEqual({})
    await expect(resolveSecrets({ secrets: [{ name: 'A', valueFrom: 'env:A' }] }, { signal })).rejects.toMatchObject({
      code: 'capability_unsupported',
    })
  })
})

it('diffSecrets tells what came, went and changed, and nothing of what it is', () => {
  const live = { KEPT: 'f-1', CHANGED: 'f-2', GONE: 'f-3' }
  expect(diffSecrets(live, { KEPT: secret('1'), CHANGED: secret('new'), NEW: secret('4') })).toEqual([
    { path: '/secrets/CHANGED', from: '[redacted]', to: '[redacted]', effect: 'replace' },
    { path: '/secrets/GONE', from: '[redacted]', effect: 'replace' },
    { path: '/secrets/NEW', to: '[redacted]', effect: 'replace' },
  ])
})
