import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BatchDeleteImageCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import { ensureTestImage, findEngine, NO_ENGINE } from '@landlord/test-engine'
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
  const push = (method: string, path: string, body?: string) =>
    fetch(new URL(path, `${emulator.url}/v2/`), {
      method,
      headers: { authorization: `Basic ${data?.authorizationToken}` },
      ...(body === undefined ? {} : { body }),
    })
  return { folder, emulator, ecr, data, get, push }
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
  expect((await get('team/web/manifests/v3', undefined, 'DELETE')).status).toBe(405)
})

it('without a folder names real ECR, and refuses other operations by name', async () => {
  const { ecr, data, get } = await startRegistry(false)
  expect(data?.proxyEndpoint).toBe('https://000000000000.dkr.ecr.us-east-1.amazonaws.com')
  expect((await get('team/web/manifests/v1')).status).toBe(404)
  await expect(ecr.send(new ListImagesCommand({ repositoryName: 'web' }))).rejects.toThrow(/ListImages is not emulated/)
})

it('takes in what is pushed, whole and in pieces, and nothing whose digest is another', async () => {
  const { push, get } = await startRegistry()
  const layer = 'a layer'
  const digest = `sha256:${digestOf(layer)}`
  const begin = async () => (await push('POST', 'team/web/blobs/uploads/')).headers.get('location') ?? ''
  expect((await push('PUT', `${await begin()}?digest=${digest}`, 'another layer')).status).toBe(400)
  expect((await get(`team/web/blobs/${digest}`)).status).toBe(404)
  const upload = await begin()
  expect((await push('PATCH', upload, 'a ')).headers.get('range')).toBe('0-1')
  expect((await push('PUT', `${upload}?digest=${digest}`, 'layer')).status).toBe(201)
  expect(await (await get(`team/web/blobs/${digest}`)).text()).toBe(layer)
  expect((await push('PUT', `${upload}?digest=${digest}`, 'layer')).status).toBe(404)

  const manifest = JSON.stringify({ schemaVersion: 2, config: { digest }, layers: [{ digest }] })
  const absent = JSON.stringify({ layers: [{ digest: `sha256:${digestOf('absent')}` }] })
  expect((await push('PUT', 'team/web/manifests/v2', absent)).status).toBe(404)
  expect((await push('PUT', 'team/web/manifests/v2', '{')).status).toBe(400)
  expect((await push('PUT', 'team/web/manifests/v2', manifest)).status).toBe(201)
  expect(await (await get('team/web/manifests/v2')).text()).toBe(manifest)
  expect((await get('team/web/manifests/v1')).status).toBe(200)
  expect((await push('POST', 'team/none/blobs/uploads/')).status).toBe(404)
})

it('deletes images by tag, each with its last one', async () => {
  const { ecr, push, get } = await startRegistry()
  await push('PUT', 'team/web/manifests/v2', MANIFEST.replace('"config":{},', ''))
  await push('PUT', 'team/web/manifests/v3', MANIFEST.replace('"config":{},', ''))
  const digest = (await get('team/web/manifests/v2')).headers.get('docker-content-digest')
  const remove = (...tags: string[]) =>
    ecr.send(
      new BatchDeleteImageCommand({
        repositoryName: 'team/web',
        imageIds: tags.map((imageTag) => ({ imageTag })),
      }),
    )
  expect(await remove('v2', 'v9')).toMatchObject({
    imageIds: [{ imageTag: 'v2' }],
    failures: [{ imageId: { imageTag: 'v9' }, failureCode: 'ImageNotFound' }],
  })
  expect((await get(`team/web/manifests/${digest}`)).status).toBe(200)
  await remove('v3')
  expect((await get(`team/web/manifests/${digest}`)).status).toBe(404)
  await expect(
    ecr.send(new BatchDeleteImageCommand({ repositoryName: 'no', imageIds: [{ imageTag: 'v1' }] })),
  ).rejects.toMatchObject({ name: 'RepositoryNotFoundException' })
})

it('is a registry that a Docker Engine pushes to and pulls from', async ({ skip }) => {
  const engine = await findEngine()
  if (engine === undefined) return skip(NO_ENGINE)
  const { docker } = engine
  const { folder, emulator, data } = await startRegistry()
  await mkdir(join(folder, 'pushed'))
  const host = new URL(emulator.url).host
  const image = docker.getImage(await ensureTestImage(docker))
  await image.tag({ repo: `${host}/pushed`, tag: 'v1' })
  const pushed = docker.getImage(`${host}/pushed:v1`)
  onTestFinished(() => pushed.remove({ force: true }).catch(() => undefined))
  const [username = '', password = ''] = Buffer.from(data?.authorizationToken ?? '', 'base64')
    .toString()
    .split(':')
  const authconfig = { username, password, serveraddress: host }
  const eventsOf = async (stream: NodeJS.ReadableStream) =>
    await new Promise<object[]>((resolve, reject) =>
      docker.modem.followProgress(stream, (error, events) => (error === null ? resolve(events) : reject(error))),
    )
  expect(await eventsOf(await pushed.push({ authconfig }))).toContainEqual(
    expect.objectContaining({ aux: expect.objectContaining({ Digest: expect.stringMatching(/^sha256:/) }) }),
  )
  await pushed.remove({ force: true })
  await eventsOf(await docker.pull(`${host}/pushed:v1`, { authconfig }))
  expect((await pushed.inspect()).Id).toBe((await image.inspect()).Id)
})
