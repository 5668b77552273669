import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'
import { failuresOf, outcomeOf } from '../../__fixtures__/faults-of.ts'
import { startTestBackend } from '../../__fixtures__/start-test-backend.ts'
import { makeArchive, sha256 } from './__fixtures__/make-archive.ts'
import { startWithRepository } from './__fixtures__/start-with-repository.ts'

const SIMULATED = { runtime: 'simulated' as const }

async function load(dockerode: Docker, archive: Buffer): Promise<Record<string, unknown>[]> {
  const answer = await dockerode.loadImage(archive as never)
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return text
    .split('\r\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('an archive is pushed once, under a tag of this backend, and known under its names', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  const archive = await makeArchive({ tags: ['loaded/app:1', 'loaded/app:latest'] })
  const lines = await load(dockerode, archive)
  expect(lines).toEqual([
    { status: 'Pushed layer 1 of 1', id: expect.stringMatching(/^[0-9a-f]{12}$/) },
    { stream: 'Loaded image: loaded/app:1\n' },
    { stream: 'Loaded image: loaded/app:latest\n' },
  ])
  const image = await dockerode.getImage('loaded/app').inspect()
  expect(image.RepoTags.sort()).toEqual(['loaded/app:1', 'loaded/app:latest'])
  expect(image.RepoDigests).toEqual([])
  expect(await tags()).toEqual([expect.stringMatching(new RegExp(`^.+-${image.Id.replace('sha256:', '')}$`))])
  // It has all of it.
  expect((await load(dockerode, archive)).map(({ stream }) => stream)).toEqual([
    'Loaded image: loaded/app:1\n',
    'Loaded image: loaded/app:latest\n',
  ])
})

test('a gzipped archive, and one whose layers are gzipped, are loaded as well', async () => {
  const { dockerode } = await startWithRepository(SIMULATED)
  const packed = gzipSync(await makeArchive())
  expect((await load(dockerode, packed)).at(-1)).toEqual({ stream: 'Loaded image: loaded/app:1\n' })
  const inner = await makeArchive({
    greeting: 'b',
    change: (files) => files.set('layer/layer.tar', gzipSync(files.get('layer/layer.tar') ?? '')),
  })
  expect((await load(dockerode, inner)).at(-1)).toEqual({ stream: 'Loaded image: loaded/app:1\n' })
})

test('an archive that has a name twice is read all the same', async () => {
  const sizes: number[] = []
  for (const isTwice of [false, true]) {
    const { dockerode } = await startWithRepository(SIMULATED)
    const archive = await makeArchive({
      change(files) {
        if (!isTwice) return
        files.set('./layer/layer.tar', files.get('layer/layer.tar') ?? Buffer.alloc(0))
        files.set('more', Buffer.from('x'))
      },
    })
    await load(dockerode, archive)
    sizes.push((await dockerode.getImage('loaded/app:1').inspect()).Size)
  }
  expect(sizes[1]).toBe(sizes[0])
})

test('an image that is being removed gets no new name, and no new container', async () => {
  const { dockerode, emulator, tags } = await startWithRepository(SIMULATED)
  await load(dockerode, await makeArchive())
  const throttled = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
  const operation = 'AmazonEC2ContainerRegistry_V20150921.BatchDeleteImage'
  emulator.control.injectFault({ operation, fault: throttled, times: 2 })
  const removing = outcomeOf(dockerode.getImage('loaded/app:1').remove())
  await expect.poll(() => emulator.control.counters().calls[operation], { interval: 5 }).toBeGreaterThan(0)
  const others = [
    outcomeOf(dockerode.getImage('loaded/app:1').tag({ repo: 'other', tag: '1' })),
    outcomeOf(dockerode.createContainer({ Image: 'loaded/app:1' })),
  ]
  expect(await removing).toBe('done')
  for (const outcome of others) expect(await outcome).toMatch(/No such image/)
  expect(await tags()).toEqual([])
})

test('an image without a name is known by its id, and goes when it is removed', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  const [, loaded] = await load(dockerode, await makeArchive({ tags: null }))
  const [, id = ''] = /^Loaded image ID: (sha256:[0-9a-f]{64})\n$/.exec(String(loaded?.stream)) ?? []
  expect(await dockerode.getImage(id).inspect()).toMatchObject({ Id: id, RepoTags: [] })
  await dockerode.getImage(id).remove()
  expect(await tags()).toEqual([])
})

test('an image that loses its name to another is kept without one, and pruned', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  await load(dockerode, await makeArchive({ greeting: 'a' }))
  const old = (await dockerode.getImage('loaded/app:1').inspect()).Id
  await load(dockerode, await makeArchive({ greeting: 'b' }))
  expect((await dockerode.getImage('loaded/app:1').inspect()).Id).not.toBe(old)
  expect((await dockerode.getImage(old).inspect()).RepoTags).toEqual([])
  expect(await tags()).toHaveLength(2)
  await dockerode.pruneImages()
  expect(await tags()).toEqual([expect.not.stringContaining(old.replace('sha256:', ''))])
})

test('what a container uses stays in ECR until the container is gone', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  await load(dockerode, await makeArchive())
  const container = await dockerode.createContainer({ Image: 'loaded/app:1' })
  await expect(dockerode.getImage('loaded/app:1').remove()).rejects.toMatchObject({ statusCode: 409 })
  await dockerode.getImage('loaded/app:1').remove({ force: true })
  expect(await tags()).toHaveLength(1)
  await container.start()
  await container.remove({ force: true })
  await dockerode.pruneImages()
  expect(await tags()).toEqual([])
})

test('two backends load the same image into one repository, and each takes away its own tag only', async () => {
  const first = await startWithRepository(SIMULATED)
  const second = await startTestBackend({ beside: first, ecs: { ecr_repository: first.repository } })
  const archive = await makeArchive()
  await load(first.dockerode, archive)
  await load(second.dockerode, archive)
  expect(await first.tags()).toHaveLength(2)
  await first.dockerode.getImage('loaded/app:1').remove()
  expect(await first.tags()).toHaveLength(1)
  await second.dockerode.createContainer({ Image: 'loaded/app:1' })
})

test('concurrent loads of one image end with one', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  const archive = await makeArchive()
  await Promise.all([load(dockerode, archive), load(dockerode, archive), load(dockerode, archive)])
  expect(await dockerode.listImages()).toHaveLength(1)
  expect(await tags()).toHaveLength(1)
})

test.each(failuresOf(['AmazonEC2ContainerRegistry_V20150921.BatchDeleteImage']))(
  'an image that cannot be taken out of ECR ($how) stays, and goes with another try',
  async ({ begin, said }) => {
    const { dockerode, emulator, tags } = await startWithRepository(SIMULATED)
    await load(dockerode, await makeArchive())
    const recover = begin(emulator)
    const outcome = await outcomeOf(dockerode.getImage('loaded/app:1').remove())
    expect(outcome).toMatch(said)
    recover()
    expect(await dockerode.listImages()).toHaveLength(outcome === 'done' ? 0 : 1)
    if (outcome !== 'done') await dockerode.getImage('loaded/app:1').remove()
    expect(await tags()).toEqual([])
  },
)

const manifestOf = (entry: object) => (files: Map<string, Buffer>) =>
  files.set('manifest.json', Buffer.from(JSON.stringify([entry])))

test.each([
  ['no archive at all', async () => Buffer.from('hello, this is no archive'.repeat(60)), /cannot be read/],
  ['an archive that ends too early', async () => (await makeArchive()).subarray(0, 2_000), /cannot be read/],
  ['a gzipped one that ends too early', async () => gzipSync(await makeArchive()).subarray(0, 200), /cannot be read/],
  ['an empty body', async () => Buffer.alloc(0), /manifest\.json is missing/],
  [
    'one without manifest.json',
    () => makeArchive({ change: (files) => files.delete('manifest.json') }),
    /manifest\.json is missing.*docker save/,
  ],
  [
    'a manifest.json that is no JSON',
    () => makeArchive({ change: (files) => files.set('manifest.json', Buffer.from('{')) }),
    /manifest\.json is not JSON/,
  ],
  ['a manifest.json of another kind', () => makeArchive({ change: manifestOf({ Config: 1 }) }), /does not name Config/],
  [
    'a layer that is missing',
    () => makeArchive({ change: (files) => files.delete('layer/layer.tar') }),
    /a layer is missing in the archive: "layer\/layer\.tar"/,
  ],
  [
    'a layer outside of the archive',
    () =>
      makeArchive({
        change(files) {
          const [config = ''] = [...files.keys()].filter((name) => name.endsWith('.json'))
          manifestOf({ Config: config, Layers: ['../../../etc/passwd'] })(files)
        },
      }),
    /a layer is missing in the archive/,
  ],
  ['a name that is none', () => makeArchive({ tags: ['No Name'] }), /invalid reference format/],
  ['another processor', () => makeArchive({ architecture: 'arm64' }), /made for arm64, and tasks run on X86_64/],
])('%s is refused, and nothing is left', async (_name, archive, message) => {
  const scratch = await mkdtemp(join(tmpdir(), 'backend-ecs-scratch-'))
  onTestFinished(() => rm(scratch, { recursive: true }))
  const { TMPDIR } = process.env
  const { dockerode } = await startWithRepository(SIMULATED)
  process.env.TMPDIR = scratch
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
  await expect(load(dockerode, await archive())).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringMatching(message),
  })
  expect(await dockerode.listImages()).toEqual([])
  expect(await readdir(scratch)).toEqual([])
})

test('a damaged layer is said with what it should have been, after what was pushed before it', async () => {
  const { dockerode, tags } = await startWithRepository(SIMULATED)
  const damaged = Buffer.alloc(1024)
  const archive = await makeArchive({
    change(files) {
      const [name = ''] = [...files.keys()].filter((file) => file.endsWith('.json'))
      const config = JSON.parse(String(files.get(name))) as { rootfs: { diff_ids: string[] } }
      config.rootfs.diff_ids.push(`sha256:${sha256(Buffer.from('what it was'))}`)
      files.set(name, Buffer.from(JSON.stringify(config)))
      files.set('second.tar', damaged)
      manifestOf({ Config: name, RepoTags: ['loaded/app:1'], Layers: ['layer/layer.tar', 'second.tar'] })(files)
    },
  })
  expect(await load(dockerode, archive)).toEqual([
    expect.objectContaining({ status: 'Pushed layer 1 of 2' }),
    expect.objectContaining({
      error: expect.stringMatching(new RegExp(`a layer is sha256:${sha256(damaged)}, .*damaged`)),
    }),
  ])
  expect(await dockerode.listImages()).toEqual([])
  expect(await tags()).toEqual([])
})

test('without a repository in the settings, and with one that ECR does not have, the error says what to do', async () => {
  const without = await startTestBackend({ emulator: SIMULATED })
  await expect(load(without.dockerode, await makeArchive())).rejects.toMatchObject({
    statusCode: 501,
    message: expect.stringContaining('ecs.ecr_repository'),
  })
  const beside = await startWithRepository(SIMULATED)
  const missing = await startTestBackend({ beside, ecs: { ecr_repository: `${beside.repository}-none` } })
  await expect(load(missing.dockerode, await makeArchive())).rejects.toMatchObject({
    statusCode: 500,
    message: expect.stringMatching(/loaded-none: 404: The repository .* does not exist.*create the repository in ECR/),
  })
})
