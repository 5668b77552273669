import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ensureTestImage,
  findEngine,
  httpServerConfig,
  listLabelled,
  NO_ENGINE,
  type TestEngine,
} from '@landlord/test-engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesHolding } from './support/files-holding.ts'
import { bodyOf, endpointIn, type LandlordDev, startLandlordDev, succeeded } from './support/landlord-dev.ts'

const found = await findEngine()

const FROM_FILE = 'canary-of-the-file-one'
const ROTATED = 'canary-of-the-file-two'
const FROM_ENVIRONMENT = 'canary-of-the-environment'
const MISTAKEN = 'canary-given-by-mistake'
const CANARIES = [FROM_FILE, ROTATED, FROM_ENVIRONMENT, MISTAKEN]

describe.skipIf(found === undefined)(`secrets of a tenant on Docker${found ? '' : `: ${NO_ENGINE}`}`, () => {
  const engine = found as TestEngine
  let dev: LandlordDev
  let secrets: string
  let config: string
  beforeAll(async () => {
    const image = await ensureTestImage(engine.docker)
    config = JSON.stringify({ image, ...httpServerConfig(), ports: [{ container_port: 8080 }] })
    secrets = await realpath(await mkdtemp(join(tmpdir(), 'landlord-tenant-secrets-')))
    await writeFile(join(secrets, 'greeting'), `${FROM_FILE}\n`)
    const environment = { LANDLORD_SECRET_TOKEN: FROM_ENVIRONMENT, LANDLORD_SECRETS_FILE_ROOTS: secrets }
    dev = await startLandlordDev({ environment })
  })
  afterAll(async () => {
    await dev.close()
    await rm(secrets, { recursive: true })
  })

  const shown: string[] = []
  /** Runs a command, and keeps all that it said. */
  const landlord = async (...args: string[]) => {
    const result = await dev.landlord(...args)
    shown.push(result.stdout, result.stderr)
    return result
  }
  const containerOf = async (id: string) => {
    const owned = await listLabelled(engine.docker, [`landlord.tenant_id=${id}`])
    const [container] = owned.filter(({ kind }) => kind === 'container')
    return await engine.docker.getContainer(container?.id ?? '').inspect()
  }

  it('reach it and nobody else, and a new value with a restart, planned before', async () => {
    const references = ['--secret', `GREETING=file:${secrets}/greeting`, '--secret', 'TOKEN=env:LANDLORD_SECRET_TOKEN']
    const create = ['create', 'shop', '--provider', 'docker', '--config', config, ...references]
    const dryRun = await landlord(...create, '--dry-run')
    expect(dryRun).toMatchObject({ code: 2, stdout: expect.stringContaining('/secrets/GREETING') })
    expect((await dev.landlord('get', 'shop')).code).toBe(3)

    const created = await succeeded(landlord(...create, '--wait'))
    expect(await bodyOf(endpointIn(created))).toBe(FROM_FILE)
    const { id } = JSON.parse(await succeeded(landlord('get', 'shop', '-o', 'json')))
    expect((await containerOf(id)).Config.Env).toContain(`TOKEN=${FROM_ENVIRONMENT}`)
    expect(await landlord('plan', 'shop')).toMatchObject({ code: 0 })

    await writeFile(join(secrets, 'greeting'), `${ROTATED}\n`)
    const plan = await landlord('plan', 'shop')
    expect(plan.stdout).toContain('A new instance takes over:\n  ~ /secrets/GREETING  changed (hidden)')
    expect(plan.code).toBe(2)
    const restarted = await succeeded(landlord('restart', 'shop', '--wait'))
    const endpoint = endpointIn(restarted.includes('127.') ? restarted : await succeeded(landlord('get', 'shop')))
    expect(await bodyOf(endpoint)).toBe(ROTATED)
    expect(await landlord('plan', 'shop', '-o', 'json')).toMatchObject({ code: 0 })

    // A value where a reference belongs is refused, and not repeated.
    expect((await landlord('set', 'shop', '--secret', `PLAIN=${MISTAKEN}`)).code).toBe(5)
    expect((await landlord('set', 'shop', '--secret', `PLAIN=env:${MISTAKEN}`)).code).toBe(5)
    for (const command of ['get', 'status', 'operations', 'list', 'events']) {
      await succeeded(landlord(command, ...(command === 'list' ? [] : ['shop']), '-o', 'json'))
    }
    const labels = JSON.stringify((await containerOf(id)).Config.Labels)
    for (const canary of CANARIES) {
      expect({ canary, shown: shown.filter((text) => text.includes(canary)) }).toEqual({ canary, shown: [] })
      expect({ canary, labelled: labels.includes(canary) }).toEqual({ canary, labelled: false })
      expect({ canary, files: await filesHolding(dev.folder, canary) }).toEqual({ canary, files: [] })
    }
    // The search finds what is there: the references are in the database, and its log has lines.
    expect(await filesHolding(dev.folder, 'env:LANDLORD_SECRET_TOKEN')).not.toEqual([])
    await succeeded(dev.landlord('delete', 'shop', '--wait'))
  })

  it('that cannot be read are waited for, and arrive when they are there', async () => {
    const missing = join(secrets, 'later')
    const create = [
      'create',
      'late',
      '--provider',
      'docker',
      '--config',
      config,
      '--secret',
      `GREETING=file:${missing}`,
    ]
    expect(await landlord(...create, '--dry-run')).toMatchObject({ code: 5, stderr: expect.stringContaining(missing) })
    await succeeded(dev.landlord(...create))
    await writeFile(missing, 'here at last')
    const ready = await succeeded(dev.landlord('wait', 'late', '--for', 'ready'))
    expect(await bodyOf(endpointIn(`${ready} ${await succeeded(dev.landlord('get', 'late'))}`))).toBe('here at last')
    await succeeded(dev.landlord('delete', 'late', '--wait'))
  })
})
