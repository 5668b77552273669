import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_ENGINE } from '@landlord/test-engine'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectSuccess, isInstalled, runProgram } from './__fixtures__/run-program.ts'
import { engine, startDockerAccount } from './__fixtures__/start-docker-account.ts'

const patient = { timeout: 60_000, interval: 50 }
const slow = { timeout: 180_000 }
const missing = ['aws', 'session-manager-plugin'].find((program) => !isInstalled(program))
const reason = missing === undefined ? NO_ENGINE : `skipped: ${missing} is not installed`
const isSkipped = engine === undefined || missing !== undefined

describe.skipIf(isSkipped)(`aws ecs execute-command${isSkipped ? ` (${reason})` : ''}`, slow, () => {
  test('opens a shell in a real container', async () => {
    const { emulator, register, run, task } = await startDockerAccount()
    await register()
    const arn = await run({ enableExecuteCommand: true })
    await expect.poll(async () => (await task(arn)).lastStatus, patient).toBe('RUNNING')
    const home = await mkdtemp(join(tmpdir(), 'ecs-emulator-session-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const env = {
      HOME: home,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_REGION: emulator.region,
      AWS_DEFAULT_REGION: emulator.region,
      AWS_ACCESS_KEY_ID: 'emulator',
      AWS_SECRET_ACCESS_KEY: 'emulator',
    }
    const parameters = ['--cluster', 'fleet', '--task', arn, '--interactive', '--command', 'sh']
    const input = 'echo "$GREETING to user $(id -u)"\nexit\n'
    const output = await expectSuccess(
      runProgram('aws', ['ecs', 'execute-command', ...parameters], { cwd: home, env, input }),
    )
    expect(output).toContain('hello to user 0')
    expect(output).toMatch(/Exiting session with sessionId: ecs-execute-command-[0-9a-f]{17}\./)
  })
})
