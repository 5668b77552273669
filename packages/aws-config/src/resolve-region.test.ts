import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveRegion } from './resolve-region.ts'

const folder = mkdtempSync(join(tmpdir(), 'aws-config-region-'))
writeFileSync(join(folder, 'config'), '[default]\nregion = sa-east-1\n[profile work]\nregion = eu-west-3\n')
writeFileSync(join(folder, 'credentials'), '[work]\naws_access_key_id = AKIAWORK\n')
writeFileSync(join(folder, 'empty'), '')
afterAll(() => rmSync(folder, { recursive: true }))

const FILES = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }
const NO_FILES = { AWS_CONFIG_FILE: join(folder, 'empty'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'empty') }
const ARN = 'arn:aws:ecs:eu-north-1:111122223333:cluster/main'
const ROLE = 'arn:aws:iam::111122223333:role/landlord'
const BOTH = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }

describe('resolveRegion', () => {
  it.each<[string, Parameters<typeof resolveRegion>[0], string, string]>([
    ['the setting first', { region: 'eu-north-1', arns: [ARN], profile: 'work' }, 'eu-north-1', 'the settings'],
    ['then an ARN that has one', { arns: [ROLE, ARN], profile: 'work' }, 'eu-north-1', `the ARN ${ARN}`],
    ['then the profile of the settings', { profile: 'work' }, 'eu-west-3', 'profile "work"'],
    ['then AWS_REGION', { arns: [ROLE] }, 'us-east-1', 'AWS_REGION'],
  ])('%s', async (_name, sources, region, source) => {
    expect(await resolveRegion({ ...sources, env: { ...FILES, ...BOTH } })).toEqual({ region, source })
  })

  it('then AWS_DEFAULT_REGION, then the profile of the environment', async () => {
    const env = { ...FILES, AWS_PROFILE: 'work' }
    expect((await resolveRegion({ env: { ...env, AWS_DEFAULT_REGION: 'us-east-2' } })).region).toBe('us-east-2')
    expect((await resolveRegion({ env })).region).toBe('eu-west-3')
    expect((await resolveRegion({ env: FILES })).source).toBe('profile "default"')
  })

  it('names every place that it looked at when there is none', async () => {
    const call = resolveRegion({ profile: 'work', env: NO_FILES })
    await expect(call).rejects.toMatchObject({ code: 'region_missing' })
    await expect(call).rejects.toThrow(/in profile "work", in AWS_REGION or in AWS_DEFAULT_REGION. Set "region"/)
  })

  it('refuses a setting and an ARN that disagree, and what is no region', async () => {
    await expect(resolveRegion({ region: 'eu-west-1', arns: [ARN] })).rejects.toMatchObject({ code: 'region_mismatch' })
    await expect(resolveRegion({ env: { AWS_REGION: 'eu-west-1a' } })).rejects.toThrow(/from AWS_REGION must look like/)
  })
})
