import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

test.skipIf(!isRunnable)(`each request has a line with what it cost, and no secret${needs}`, async () => {
  const lines: string[] = []
  const { docker, image } = await startTestBackend({ onLog: (line) => lines.push(line) })
  await docker(['run', '-d', '--name', 'web', '-e', 'TOKEN=hunter2', image, 'sleep', '600'])
  await docker(['exec', '-e', 'TOKEN=hunter3', 'web', 'true'])
  await docker(['exec', 'nothing', 'true'])
  await docker(['login', '-u', 'somebody', '-p', 'hunter4', image.split('/')[0] ?? ''])
  await expect
    .poll(() => lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request'))
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          method: 'POST',
          path: expect.stringMatching(/\/containers\/[0-9a-f]{64}\/start$/),
          status: 204,
          duration_ms: expect.any(Number),
          aws_calls: expect.any(Number),
          aws_request_ids: expect.arrayContaining([expect.stringMatching(/^[0-9a-f-]{36}$/)]),
        }),
        expect.objectContaining({
          method: 'POST',
          path: expect.stringMatching(/\/exec\/[0-9a-f]{64}\/start$/),
          status: 101,
          aws_calls: expect.any(Number),
        }),
        expect.objectContaining({ path: expect.stringMatching(/\/containers\/nothing\//), status: 404 }),
      ]),
    )
  expect(lines.join('')).not.toContain('hunter')
})
