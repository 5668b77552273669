import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { startTestBackend } from '../__fixtures__/start-test-backend.ts'

const simulated = { emulator: { runtime: 'simulated' as const } }

test.skipIf(!hasDockerCli)('docker version and docker info answer (needs the docker command line)', async () => {
  const { docker } = await startTestBackend(simulated)
  const version = await docker(['version', '--format', '{{.Server.Platform.Name}}'])
  expect(version).toMatchObject({ exitCode: 0, stdout: 'Landlord backend-ecs (Amazon ECS, Fargate)\n' })
  const info = await docker(['info', '--format', '{{.Name}} {{.OperatingSystem}} {{.Containers}}'])
  expect(info).toMatchObject({ exitCode: 0, stdout: 'sockerless AWS Fargate 0\n' })
})

test('the socket is for its owner and group', async () => {
  const { socketPath } = await startTestBackend(simulated)
  expect((await stat(socketPath)).mode & 0o777).toBe(0o660)
})
