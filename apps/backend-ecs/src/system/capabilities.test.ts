import { once } from 'node:events'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startTestBackend } from '../__fixtures__/start-test-backend.ts'

const capabilitiesOf = async (ecs: object): Promise<unknown> => {
  const { socketPath } = await startTestBackend({ emulator: { runtime: 'simulated' }, ecs })
  const [response] = await once(get({ socketPath, path: '/internal/v1/capabilities' }), 'response')
  return JSON.parse(await text(response))
}

test('the report names the backend and what works with its settings', async () => {
  expect(await capabilitiesOf({ efs_filesystem_id: 'fs-1' })).toEqual({
    backend: 'ecs',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    capabilities: {
      exec: true,
      attach: true,
      logs: true,
      logs_follow: true,
      volumes: true,
      networks: true,
      health_checks: true,
      image_pull: true,
      image_load: false,
      max_timeout_seconds: 0,
      agent_required: true,
    },
  })
})

test('without a file system there are no volumes', async () => {
  expect(await capabilitiesOf({})).toMatchObject({ capabilities: { volumes: false, exec: true } })
})

test('with a repository of ECR images are loaded', async () => {
  expect(await capabilitiesOf({ ecr_repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/loaded' })).toMatchObject(
    {
      capabilities: { image_load: true },
    },
  )
})
