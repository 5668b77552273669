import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { leftIn } from '../__fixtures__/left-in.ts'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'
import { startWithFileSystem } from '../__fixtures__/start-with-file-system.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`
const simulated = { emulator: { runtime: 'simulated' as const } }

withCli(`two runs share the data of a volume${needs}`, async () => {
  const { docker, image, emulator } = await startWithFileSystem()
  expect(await docker(['volume', 'create', 'data'])).toMatchObject({ exitCode: 0, stdout: 'data\n' })
  await docker(['run', '--rm', '-v', 'data:/data', image, 'sh', '-c', 'echo kept > /data/file'])
  expect(await docker(['run', '--rm', '-v', 'data:/data:ro', image, 'cat', '/data/file'])).toMatchObject({
    exitCode: 0,
    stdout: 'kept\n',
  })
  const readOnly = await docker(['run', '--rm', '-v', 'data:/data:ro', image, 'touch', '/data/other'])
  expect(readOnly.exitCode).not.toBe(0)
  // Made by its first use, as in Docker; written to by somebody who is not root.
  expect(
    (await docker(['run', '--rm', '--user', '65534', '-v', 'more:/more', image, 'touch', '/more/file'])).exitCode,
  ).toBe(0)
  await docker(['create', '--name', 'user', '-v', 'data:/data', image])
  expect((await docker(['volume', 'rm', 'data'])).stderr).toContain('remove data: volume is in use')
  await docker(['rm', 'user'])
  expect(await docker(['volume', 'rm', 'data', 'more'])).toMatchObject({ exitCode: 0 })
  expect(await leftIn({ emulator })).toEqual([])
})

test.skipIf(!hasDockerCli)(
  'docker volume create, ls, inspect, rm and prune (needs the docker command line)',
  async () => {
    const { docker, restart, emulator } = await startWithFileSystem(simulated)
    await docker(['volume', 'create', '--label', 'team=a', 'one'])
    await docker(['volume', 'create', 'two'])
    await docker(['volume', 'create', 'two'])
    expect((await docker(['volume', 'ls', '--format', '{{.Name}} {{.Driver}}'])).stdout).toBe('one local\ntwo local\n')
    expect((await docker(['volume', 'ls', '-q', '--filter', 'label=team=a'])).stdout).toBe('one\n')
    expect((await docker(['volume', 'inspect', '--format', '{{.Mountpoint}}', 'one'])).stdout).toMatch(
      /^fs-\w+:\/sockerless\/\w+\/one-\w+\n$/,
    )
    expect((await docker(['volume', 'inspect', 'nothing'])).stderr).toContain('no such volume')
    expect((await docker(['volume', 'create', '--driver', 'nfs', 'x'])).stderr).toContain(
      '--driver nfs is not supported on ECS',
    )
    expect((await docker(['volume', 'create', '--opt', 'type=tmpfs', 'x'])).stderr).toContain('--opt type')
    await restart({ forget: true })
    expect((await docker(['volume', 'ls', '-q'])).stdout).toBe('one\ntwo\n')
    await docker(['volume', 'prune', '-f'])
    expect((await docker(['volume', 'ls', '-q'])).stdout).toBe('one\ntwo\n')
    await docker(['volume', 'create', '--label', 'team=a', 'three'])
    const prune = async (...filters: string[]) =>
      (await docker(['volume', 'prune', '-f', '--all', ...filters.flatMap((filter) => ['--filter', filter])])).stdout
    for (const filters of [['label=team=a', 'label=other'], ['until=24h']]) {
      expect(await prune(...filters)).not.toContain('Deleted')
    }
    expect(await prune('label!=team')).toContain('one\ntwo\n')
    expect((await docker(['volume', 'ls', '-q'])).stdout).toBe('three\n')
    expect(await prune()).toContain('three\n')
    expect(await docker(['volume', 'rm', 'three'])).toMatchObject({ exitCode: 1 })
    expect(await docker(['volume', 'rm', '-f', 'three'])).toMatchObject({ exitCode: 0 })
    expect(await leftIn({ emulator })).toEqual([])
  },
)

test('without a file system volumes are refused, with the setting that is missing', async () => {
  const { dockerode } = await startTestBackend(simulated)
  await expect(dockerode.createVolume({ Name: 'data' })).rejects.toMatchObject({
    statusCode: 501,
    message: expect.stringContaining('ecs.efs_filesystem_id'),
  })
})
