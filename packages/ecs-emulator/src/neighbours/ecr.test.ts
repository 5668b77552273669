import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ECRClient, GetAuthorizationTokenCommand, ListImagesCommand } from '@aws-sdk/client-ecr'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS } from '../__fixtures__/start-account.ts'
import { startEcsEmulator } from '../start-ecs-emulator.ts'

const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex')
const MANIFEST = JSON.stringify({ schemaVersion: 2, config: {}, layers: [] })

async function startRegistry(withFolder = true) {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-ecr-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const blobs = join(folder, 'team/web', 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  await writeFile(join(blobs, digestOf(MANIFEST)), MANIFEST)
  await writeFile(join(folder, 'secret'), 'outside of every repository')
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
  const index = { manifests: [{ mediaType: 'x', digest: `sha256:${digestOf(MANIFEST)}`, annotations }] }
  await writeFile(join(folder, 'team/web', 'index.json'), JSON.stringify(index))
  const emulator = await startEcsEmulator(withFolder ? { imageFolder: folder } : {})
  onTestFinished(() => emulator.close())
  const ecr = new ECRClient({ endpoint: emulator.url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 })
  onTestFinished(() => ecr.destroy())
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const get = (path: string, authorization = `Basic ${data?.authorizationToken}`, method = 'GET') =>
    fetch(`${emulator.url}/v2/${path}`, { method, headers: { authorization } })
  return { emulator, ecr, data, get }
}

it('gives a token for half a day, with which images are read by tag and digest', async () => {
  const { emulator, data, get } = await startRegistry()
  expect(data?.proxyEndpoint).toBe(emulator.url)
  expect(Number(data?.expiresAt) - Date.now()).toBeGreaterThan(11 * 3600 * 1000)
  const byTag = await get('team/web/manifests/v1')
  expect([byTag.status, await byTag.text()]).toEqual([200, MANIFEST])
  expect(byTag.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json')
  const digest = byTag.headers.get('docker-content-digest') ?? ''
  expect((await get(`team/web/manifests/${digest}`)).status).toBe(200)
  expect((await get(`team/web/blobs/${digest}`, undefined, 'HEAD')).headers.get('content-length')).toBe(
    String(MANIFEST.length),
  )
})

it('refuses whoever shows no token, what is not there, and paths out of the folder', async () => {
  const { get } = await startRegistry()
  const refused = await get('team/web/manifests/v1', 'Basic QVdTOndyb25n')
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringMatching(/^Basic realm=/),
  ])
  expect((await get('team/web/manifests/v2')).status).toBe(404)
  expect((await get('team/other/manifests/v1')).status).toBe(404)
  expect((await get('team/web/blobs/..%2f..%2fsecret')).status).toBe(404)
  expect((await get('..%2f/manifests/secret')).status).toBe(404)
  expect((await get('team/web/manifests/v3', undefined, 'PUT')).status).toBe(405)
})

it('without a folder names real ECR, and refuses other operations by name', async () => {
  const { ecr, data, get } = await startRegistry(false)
  expect(data?.proxyEndpoint).toBe('https://000000000000.dkr.ecr.us-east-1.amazonaws.com')
  expect((await get('team/web/manifests/v1')).status).toBe(404)
  await expect(ecr.send(new ListImagesCommand({ repositoryName: 'web' }))).rejects.toThrow(/ListImages is not emulated/)
})
