import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

withCli(`docker events tells what was, after a restart of the backend too${needs}`, async () => {
  const { docker, image, restart } = await startTestBackend()
  await docker(['run', '--name', 'web', '--label', 'team=a', image, 'sh', '-c', 'exit 6'])
  await restart()
  await docker(['rm', 'web'])
  const until = String(Date.now() / 1000 + 0.5)
  const format = '{{.Type}} {{.Action}} {{index .Actor.Attributes "name"}} {{index .Actor.Attributes "exitCode"}}'
  const shown = await docker([
    'events',
    '--since',
    '1',
    '--until',
    until,
    '--filter',
    'type=container',
    '--format',
    format,
  ])
  expect(
    shown.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['container create web', 'container start web', 'container die web 6', 'container destroy web'])
  const labelled = await docker(['events', '--since', '1', '--until', until, '--filter', 'label=team=b'])
  expect(labelled.stdout).toBe('')
  expect(
    (await docker(['events', '--since', '1', '--until', until, '--filter', 'event=pull', '--format', '{{.Type}}']))
      .stdout,
  ).toBe('image\n')
})

withCli(`docker events tells what happens${needs}`, async () => {
  const { docker, dockerode, image } = await startTestBackend()
  await docker(['pull', image])
  const stream = await dockerode.getEvents({ filters: { event: ['create'] } })
  const first = new Promise<string>((resolve) => stream.once('data', (chunk) => resolve(String(chunk))))
  await docker(['create', '--name', 'web', image])
  expect(JSON.parse(await first)).toMatchObject({
    Type: 'container',
    Action: 'create',
    Actor: { Attributes: { name: 'web' } },
  })
  ;(stream as unknown as { destroy(): void }).destroy()
})
