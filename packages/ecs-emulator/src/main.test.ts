import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

/** What the program says and how it ends; `while` it runs, something may be done to it. */
async function run(flags: readonly string[], whileRunning: (child: ChildProcess) => void = () => undefined) {
  const child = spawn(process.execPath, ['--conditions=@landlord/source', MAIN, ...flags])
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout.once('data', () => whileRunning(child))
  const [out, problem, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, problem, code: code as number | null }
}

it('explains itself', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, problem: '', out: expect.stringContaining('--state-file') })
})

it.each([
  [['--port', 'abc'], '--port must be a number from 0 to 65535, not "abc".'],
  [['--port', ''], '--port must be a number from 0 to 65535, not "".'],
  [['--speed', 'fast'], '--speed must be a number above 0, not "fast".'],
  [['--speed', '0'], '--speed must be a number above 0, not "0".'],
  [['--runtime', 'podman'], '--runtime must be simulated or docker, not "podman".'],
  [['--bogus'], "Unknown option '--bogus'"],
])('refuses %j and shows how it is used', async (flags, problem) => {
  const ended = await run(flags)
  expect(ended).toMatchObject({ code: 1, out: '' })
  expect(ended.problem).toContain(problem)
  expect(ended.problem).toContain('Usage: ecs-emulator')
})

it('says that the port is taken, and what to do', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await run(['--port', String(port)])).toEqual({
    code: 1,
    out: '',
    problem: `Port ${port} of 127.0.0.1 is taken: stop what listens there, or give another port (0 for any free one).\n`,
  })
})

it('ends with SIGTERM, and with an error when the state cannot be saved', async () => {
  expect(await run(['--port', '0'], (child) => child.kill('SIGTERM'))).toMatchObject({ code: 0, problem: '' })
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-'))
  const flags = ['--port', '0', '--state-file', join(folder, 'state.json')]
  const ended = await run(flags, (child) => {
    void rm(folder, { recursive: true, force: true }).then(() => child.kill('SIGTERM'))
  })
  expect(ended).toMatchObject({ code: 1, problem: expect.stringMatching(/^The state file .+ cannot be written/) })
})
