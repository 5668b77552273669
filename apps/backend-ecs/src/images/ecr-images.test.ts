import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removePulled, writeImageLayout } from '@landlord/test-engine'
import { expect, onTestFinished, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

async function startBackendWithEcr() {
  const imageFolder = await mkdtemp(join(tmpdir(), 'backend-ecs-ecr-'))
  onTestFinished(() => rm(imageFolder, { recursive: true }))
  await writeImageLayout(imageFolder, 'team/web', 'v1')
  const backend = await startTestBackend({ emulator: { imageFolder } })
  const image = `${new URL(backend.emulator.url).host}/team/web:v1`
  onTestFinished(async () => {
    if (engine !== undefined) await removePulled(engine.docker, new URL(backend.emulator.url).host)
  })
  return { ...backend, image }
}

test.skipIf(engine === undefined || !hasDockerCli)(
  'an image in ECR is read with the credentials for AWS, and runs (needs a Docker Engine and the docker command line)',
  async () => {
    const { docker, image } = await startBackendWithEcr()
    expect(await docker(['pull', image])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await docker(['run', '--rm', image, 'sh', '-c', 'echo $GREETING'])).toMatchObject({
      exitCode: 0,
      stdout: 'hello\n',
    })
    const missing = await docker(['pull', image.replace('v1', 'v2')])
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('manifest unknown') })
  },
)

test('a registry under another name than ECR says never sees its token', async () => {
  const { dockerode, image } = await startBackendWithEcr()
  await expect(dockerode.pull(image.replace('127.0.0.1', 'localhost'))).rejects.toMatchObject({
    message: expect.stringContaining('pull access denied'),
  })
})
