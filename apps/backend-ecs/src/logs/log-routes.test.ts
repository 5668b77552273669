import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { NO_ENGINE } from '@landlord/test-engine'
import type Docker from 'dockerode'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

withCli(`docker run --rm echo prints what the container says, and ends as it does${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  expect(await docker(['run', '--rm', image, 'echo', 'hello'])).toMatchObject({ exitCode: 0, stdout: 'hello\n' })
  expect(await docker(['run', '--rm', image, 'sh', '-c', 'echo a; echo b; exit 9'])).toMatchObject({
    exitCode: 9,
    stdout: 'a\nb\n',
  })
  expect((await docker(['ps', '-aq'])).stdout).toBe('')
})

withCli(`docker logs: all, --tail, --since, --until, -t and -f${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  const script = 'i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); sleep 0.05; done'
  const id = (await docker(['run', '-d', image, 'sh', '-c', script])).stdout.trim()
  const expected = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('')
  // Followed from the beginning, while it is being written.
  expect((await docker(['logs', '-f', id])).stdout).toBe(expected)
  expect((await docker(['logs', id])).stdout).toBe(expected)
  expect((await docker(['logs', '--tail', '2', id])).stdout).toBe('line 28\nline 29\n')
  expect((await docker(['logs', '--tail', '0', id])).stdout).toBe('')
  const stamped = (await docker(['logs', '-t', id])).stdout.trimEnd().split('\n')
  expect(stamped[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 0$/)
  const middle = stamped[15]?.split(' ')[0] ?? ''
  const since = (await docker(['logs', '--since', middle, id])).stdout
  const until = (await docker(['logs', '--until', middle, id])).stdout
  expect(until + since).toBe(expected)
  expect(since.startsWith('line ')).toBe(true)
})

withCli(`the output of an earlier run comes first${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  const id = (await docker(['run', '-d', image, 'sh', '-c', 'echo once'])).stdout.trim()
  await docker(['wait', id])
  expect((await docker(['start', '-a', id])).stdout).toBe('once\n')
  expect((await docker(['logs', id])).stdout).toBe('once\nonce\n')
  expect((await docker(['logs', '--tail', '2', id])).stdout).toBe('once\nonce\n')
})

withCli(`thousands of lines arrive, each once and in order${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  const result = await docker(['run', '--rm', image, 'seq', '1', '15000'])
  expect(result.stdout).toBe(`${Array.from({ length: 15_000 }, (_, index) => index + 1).join('\n')}\n`)
})

withCli(`two clients follow one container, and one that leaves does not disturb the other${needs}`, async () => {
  const { docker, dockerode, image } = await startTestBackend()
  const script = 'i=0; while [ $i -lt 40 ]; do echo $i; i=$((i+1)); sleep 0.05; done'
  const id = (await docker(['run', '-d', image, 'sh', '-c', script])).stdout.trim()
  const container = dockerode.getContainer(id)
  const leaving = (await container.logs({
    follow: true,
    stdout: true,
    stderr: true,
  })) as unknown as NodeJS.ReadableStream & { destroy(): void }
  leaving.once('data', () => leaving.destroy())
  const stream = await container.logs({ follow: true, stdout: true, stderr: true })
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  dockerode.modem.demuxStream(stream, stdout, stderr)
  stream.on('end', () => stdout.end())
  expect(await text(stdout)).toBe(Array.from({ length: 40 }, (_, index) => `${index}\n`).join(''))
})

/** What a follower is told in all, with the frames' heads. */
async function followed(container: Docker.Container): Promise<string> {
  const stream = await container.logs({ follow: true, stdout: true })
  return await text(stream)
}

test('following begins with a run that is being started, and ends with it though another one follows', async () => {
  const { emulator, create } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: { kind: 'run', logs: ['second'] } })
  const ends = { kind: 'exit', afterSeconds: 60, exitCode: 1, logs: ['first'] } as const
  emulator.control.scriptTasks({ behaviour: ends, times: 1 })
  const container = await create({ HostConfig: { RestartPolicy: { Name: 'always' } } })
  const throttled = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
  emulator.control.injectFault({ operation: 'RunTask', fault: throttled, times: 2 })
  const started = container.start()
  await expect.poll(async () => emulator.control.counters().calls.RunTask, { interval: 5 }).toBeGreaterThan(0)
  const following = followed(container)
  await started
  expect(await following).toMatch(/^.{8}first\n$/s)
  await expect
    .poll(async () => await container.inspect(), { timeout: 20_000 })
    .toMatchObject({
      RestartCount: 1,
      State: { Status: 'running' },
    })
  const again = followed(container)
  await container.stop()
  expect(await again).toMatch(/^.{8}first\n.{8}second\n$/s)
})

test('attaching to a run that is being started shows all of it', async () => {
  const { emulator, create } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: { kind: 'exit', afterSeconds: 60, exitCode: 0, logs: ['first'] } })
  const container = await create()
  const throttled = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
  emulator.control.injectFault({ operation: 'RunTask', fault: throttled, times: 2 })
  const started = container.start()
  await expect.poll(async () => emulator.control.counters().calls.RunTask, { interval: 5 }).toBeGreaterThan(0)
  const stream = await container.attach({ stream: true, stdout: true })
  await started
  expect(await text(stream)).toMatch(/^.{8}first\n$/s)
})

withCli(`docker attach shows what is said from now on${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  const script = 'echo before; sleep 2; echo after'
  const id = (await docker(['run', '-d', image, 'sh', '-c', script])).stdout.trim()
  await expect.poll(async () => (await docker(['logs', id])).stdout).toBe('before\n')
  expect(await docker(['attach', id])).toMatchObject({ exitCode: 0, stdout: 'after\n' })
})
