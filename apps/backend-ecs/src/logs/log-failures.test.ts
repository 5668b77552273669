import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

const withCli = test.skipIf(!hasDockerCli)
const GET = 'Logs_20140328.GetLogEvents'
const FAILURES = 16
const LOGS = ['one', 'two']

/** A container that has said two lines, and ends when the returned function is called. */
async function startWithOutput() {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', logs: LOGS } })
  const container = await backend.create({}, 'web')
  await container.start()
  return { ...backend, end: () => container.stop() }
}

withCli('a follower waits for an AWS that is away, and misses nothing (needs the docker command line)', async () => {
  const { docker, emulator, end } = await startWithOutput()
  const { injectFault, counters } = emulator.control
  // More than one call tries.
  injectFault({ operation: GET, fault: { kind: 'reset' }, times: FAILURES })
  const following = docker(['logs', '-f', 'web'])
  const attached = docker(['attach', '--no-stdin', 'web'])
  await expect.poll(() => counters().calls[GET], { timeout: 25_000 }).toBeGreaterThan(FAILURES)
  await end()
  expect(await following).toEqual({ exitCode: 0, stdout: 'one\ntwo\n', stderr: '' })
  expect(await attached).toMatchObject({ stderr: '' })
})

withCli('logs that AWS refuses are told as Docker tells it (needs the docker command line)', async () => {
  const { docker, dockerode, emulator, create } = await startWithOutput()
  const refusal = { kind: 'error', type: 'AccessDeniedException', message: 'not authorized' } as const
  emulator.control.injectFault({ operation: GET, fault: refusal, times: 100 })
  for (const args of [
    ['logs', 'web'],
    ['logs', '-f', 'web'],
    ['attach', '--no-stdin', 'web'],
  ]) {
    expect(await docker(args)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /error from daemon in stream: Error grabbing logs: logs: get log events: .*grant the permission/,
      ),
    })
  }
  const terminal = await create({ Tty: true }, 'terminal')
  await terminal.start()
  const raw = await dockerode.getContainer('terminal').logs({ stdout: true, stderr: true })
  expect(String(raw)).toMatch(/^Error grabbing logs: .*\r\n$/)
})
