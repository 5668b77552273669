import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ensureTestImage, removePulled } from '@landlord/test-engine'
import { expect, onTestFinished, test } from 'vitest'
import { hasDockerCli } from '../../__fixtures__/run-docker-cli.ts'
import { engine } from '../../__fixtures__/start-test-backend.ts'
import { startWithRepository } from './__fixtures__/start-with-repository.ts'

test.skipIf(engine === undefined || !hasDockerCli)(
  'docker load takes what docker save has written, and it runs (needs a Docker Engine and the docker command line)',
  async () => {
    if (engine === undefined) throw new Error('unreachable')
    const local = engine.docker
    const name = await ensureTestImage(local)
    const folder = await mkdtemp(join(tmpdir(), 'docker-save-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const archive = join(folder, 'image.tar')
    await pipeline(await local.getImage(name).get(), createWriteStream(archive))
    await pipeline(createReadStream(archive), createGzip(), createWriteStream(`${archive}.gz`))

    const { docker, repository, tags } = await startWithRepository()
    onTestFinished(() => removePulled(local, repository))
    const loaded = await docker(['load', '--input', archive])
    expect(loaded).toMatchObject({ exitCode: 0, stderr: '' })
    expect(loaded.stdout).toContain(`Loaded image: ${name}\n`)
    expect((await docker(['load', '--quiet', '-i', `${archive}.gz`])).stdout).toBe(`Loaded image: ${name}\n`)
    expect(await docker(['run', '--rm', name, 'echo', 'from the archive'])).toMatchObject({
      exitCode: 0,
      stdout: 'from the archive\n',
    })
    expect((await docker(['rmi', name])).stdout).toContain(`Untagged: ${name}\n`)
    expect(await tags()).toEqual([])
    const broken = await docker(['load'], { stdin: 'no archive' })
    expect(broken).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('docker load: the archive cannot be read'),
    })
  },
)
