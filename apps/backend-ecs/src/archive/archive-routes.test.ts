import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_ENGINE } from '@landlord/test-engine'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

test.skipIf(!isRunnable)(`docker cp into a container and out of it, and docker top${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  await docker(['run', '-d', '--name', 'web', image, 'sleep', '600'])
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-cp-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'in.txt'), 'content\n')
  expect(await docker(['cp', join(folder, 'in.txt'), 'web:/tmp/there.txt'])).toMatchObject({ exitCode: 0 })
  expect((await docker(['exec', 'web', 'cat', '/tmp/there.txt'])).stdout).toBe('content\n')
  expect(await docker(['cp', 'web:/tmp/there.txt', join(folder, 'out.txt')])).toMatchObject({ exitCode: 0 })
  expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('content\n')
  expect((await docker(['cp', 'web:/etc', join(folder, 'etc')])).exitCode).toBe(0)
  expect(await readFile(join(folder, 'etc/passwd'), 'utf8')).toContain('nobody')
  expect((await docker(['cp', 'web:/nothing', folder])).stderr).toContain(
    'Could not find the file /nothing in container web',
  )
  expect((await docker(['top', 'web'])).stdout).toMatch(/PID +USER.*\n[\s\S]*sleep 600/)
  expect((await docker(['system', 'df', '--format', '{{.Type}} {{.TotalCount}}'])).stdout).toBe(
    'Images 1\nContainers 1\nLocal Volumes 0\nBuild Cache 0\n',
  )
})

test.skipIf(!isRunnable)(`a docker cp whose tar fails is an error${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  await docker(['run', '-d', '--name', 'web', image, 'sleep', '600'])
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-cp-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'in.txt'), 'content')
  expect(await docker(['cp', join(folder, 'in.txt'), 'web:/proc'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('docker cp: tar in the container ended with 1: tar: '),
  })
  // Shorter than its size says.
  const out = await docker(['cp', 'web:/sys/kernel/uevent_seqnum', join(folder, 'out')])
  expect(out).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/unexpected EOF|short read/) })
  expect(await docker(['cp', '-a', join(folder, 'in.txt'), 'web:/tmp/there.txt'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('docker cp --archive is not supported on ECS'),
  })
})

test.skipIf(!isRunnable)(`a docker cp whose client goes away halfway ends its tar${needs}`, async () => {
  const { docker, image, socketPath } = await startTestBackend()
  await docker(['run', '-d', '--name', 'web', image, 'sleep', '600'])
  const upload = request({ socketPath, method: 'PUT', path: '/containers/web/archive?path=/tmp' })
  upload.on('error', () => undefined)
  upload.write('part of the first header')
  const processes = async () => (await docker(['top', 'web'])).stdout
  await vi.waitFor(async () => expect(await processes()).toContain('tar -xf'), { timeout: 10_000 })
  upload.destroy()
  await vi.waitFor(async () => expect(await processes()).not.toContain('tar -xf'), { timeout: 10_000 })
})
