import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComputeError } from '@landlord/compute-core'
import { afterAll, describe, expect, it } from 'vitest'
import { createSecretResolvers } from './create-secret-resolvers.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'landlord-secrets-')))
const root = join(folder, 'root')
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(root, 'below'), { recursive: true })
// A root whose name only begins like the other one's.
mkdirSync(`${root}-of-others`)
writeFileSync(`${root}-of-others/db`, 'theirs')
writeFileSync(join(root, 'db'), 'p4ss word\n')
writeFileSync(join(root, 'below', 'two-lines'), 'a\nb\n\n')
writeFileSync(join(root, 'empty'), '\n')
writeFileSync(join(root, 'nul'), 'a\0b')
writeFileSync(join(root, 'binary'), Buffer.from([0xff, 0xfe]))
writeFileSync(join(root, 'large'), 'x'.repeat(65_537))
writeFileSync(join(folder, 'outside'), 'canary-outside')
symlinkSync(join(folder, 'outside'), join(root, 'link-out'))
symlinkSync(folder, join(root, 'folder-out'))
symlinkSync(join(root, 'db'), join(root, 'link-in'))

const environment = { LANDLORD_SECRET_DB: 'from the environment', LANDLORD_SECRET_EMPTY: '', AWS_SECRET: 'canary-own' }
const options = {
  settings: { env_prefix: 'LANDLORD_SECRET_', file_roots: [root] },
  environment,
  fingerprintKey: 'key-of-the-installation',
}
const { signal } = new AbortController()
const resolve = (valueFrom: string, over: object = {}, tenantId = 't-1') =>
  createSecretResolvers({ ...options, ...over })(tenantId)({ name: 'DB', valueFrom }, signal)

async function refusal(valueFrom: string, over: object = {}): Promise<string> {
  const error: unknown = await resolve(valueFrom, over).catch((caught: unknown) => caught)
  if (!ComputeError.isInstance(error)) throw new Error(`${valueFrom} was read`, { cause: error })
  expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('canary')
  return error.code
}

describe('what a worker reads for tenants', () => {
  it.each([
    ['env:LANDLORD_SECRET_DB', 'from the environment'],
    [`file:${root}/db`, 'p4ss word'],
    [`file:${root}/link-in`, 'p4ss word'],
    [`file:${root}/below/../db`, 'p4ss word'],
    [`file:${root}/below/two-lines`, 'a\nb\n'],
  ])('%s', async (valueFrom, value) => {
    expect((await resolve(valueFrom)).reveal()).toBe(value)
  })

  it.each([
    ['env:AWS_SECRET', 'access_denied'],
    ['env:LANDLORD_SECRET_NONE', 'secret_unavailable'],
    ['env:LANDLORD_SECRET_EMPTY', 'secret_unavailable'],
    [`file:${root}/none`, 'secret_unavailable'],
    [`file:${root}/empty`, 'secret_unavailable'],
    [`file:${root}/nul`, 'access_denied'],
    [`file:${root}/binary`, 'access_denied'],
    [`file:${root}/large`, 'access_denied'],
    [`file:${root}/below`, 'access_denied'],
    [`file:${root}`, 'access_denied'],
    [`file:${root}/../outside`, 'access_denied'],
    [`file:${root}/link-out`, 'access_denied'],
    [`file:${root}/folder-out/outside`, 'access_denied'],
    [`file:${root}-of-others/db`, 'access_denied'],
    ['file:/etc/hostname', 'access_denied'],
    ['file:/nowhere/at/all', 'access_denied'],
    ['aws-ssm:/prod/db', 'capability_unsupported'],
    ['hunter2', 'capability_unsupported'],
  ])('%s is %s', async (valueFrom, code) => {
    expect(await refusal(valueFrom)).toBe(code)
  })

  it('is no file at all where no folder is named', async () => {
    const settings = { ...options.settings, file_roots: [] }
    expect(await refusal(`file:${root}/db`, { settings })).toBe('access_denied')
  })

  it('is nothing for a server that has no key', async () => {
    expect(await refusal('env:LANDLORD_SECRET_DB', { fingerprintKey: undefined })).toBe('unavailable')
  })
})

describe('a fingerprint', () => {
  const of = async (...given: Parameters<typeof resolve>) => (await resolve(...given)).fingerprint

  it('tells the same from another, within one tenant of one installation', async () => {
    const valueFrom = 'env:LANDLORD_SECRET_DB'
    const known = await of(valueFrom)
    expect(await of(valueFrom)).toBe(known)
    expect(await of(valueFrom, { environment: { LANDLORD_SECRET_DB: 'another' } })).not.toBe(known)
    expect(await of(valueFrom, {}, 't-2')).not.toBe(known)
    expect(await of(valueFrom, { fingerprintKey: 'key-of-others' })).not.toBe(known)
  })

  it('is all that a print of the secret shows', async () => {
    const secret = await resolve('env:LANDLORD_SECRET_DB')
    expect(JSON.stringify(secret)).toBe(JSON.stringify({ fingerprint: secret.fingerprint }))
  })
})
